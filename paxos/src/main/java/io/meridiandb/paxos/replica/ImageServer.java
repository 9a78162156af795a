package io.meridiandb.paxos.replica;

import com.google.protobuf.ByteString;
import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.net.Received;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.paxos.LogEntry;
import io.meridiandb.paxos.proto.ImagePartProto;
import io.meridiandb.paxos.proto.ImageRequestProto;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Hands out images of this server's replicas (protocol G25). An image that is asked for stays open
 * until its last byte was read, or nobody has asked for a while. Runs on the server strand.
 */
final class ImageServer {
  /** Bytes in one message. */
  private static final int PART_BYTES = 1 << 20;

  /** An image that nobody reads is let go; until then a receiver may start again and go on. */
  private static final Duration IDLE_MAX = Duration.ofMinutes(5);

  private static final class Open {
    final ServerId peer;
    final GroupId group;
    final ImageSource source;
    Timestamp usedAt;

    Open(ServerId peer, GroupId group, ImageSource source, Timestamp usedAt) {
      this.peer = peer;
      this.group = group;
      this.source = source;
      this.usedAt = usedAt;
    }
  }

  private final HostServices services;
  private final Function<GroupId, @Nullable GroupReplica> replicas;
  private final Map<Long, Open> open = new TreeMap<>();
  private long lastImage;

  ImageServer(HostServices services, Function<GroupId, @Nullable GroupReplica> replicas) {
    this.services = services;
    this.replicas = replicas;
  }

  void start() {
    services
        .messenger()
        .on(PaxosMessages.IMAGE_REQUEST, m -> services.strand().execute(() -> onRequest(m)));
  }

  /** Lets go what nobody reads any more. */
  void tick() {
    Timestamp old = services.trueTime().now().earliest().plus(IDLE_MAX.negated());
    close(each -> each.usedAt.isBefore(old));
  }

  /** The group's replica has gone from here. */
  void closed(GroupId group) {
    close(each -> each.group.equals(group));
  }

  private void close(Predicate<Open> which) {
    List<Open> gone = new ArrayList<>(open.values());
    gone.removeIf(which.negate());
    open.values().removeAll(gone);
    gone.forEach(each -> each.source.close());
  }

  private void onRequest(Received<ImageRequestProto> request) {
    GroupReplica replica = replicas.apply(request.group());
    if (replica == null) {
      refuse(request, "there is no replica of " + request.group());
    } else if (request.body().getImage() != 0) {
      read(request);
    } else if (request.body().getWitness()) {
      head(request, replica, new Head(1, null, replica.core().witnessStart(), ByteString.EMPTY));
    } else if (!goesOn(request, replica)) {
      replica
          .machine()
          .exportImage()
          .whenComplete((source, error) -> {
            if (error != null) {
              refuse(request, String.valueOf(error.getMessage()));
            } else {
              opened(request, replica, source);
            }
          });
    }
  }

  /** Whether the image of which the receiver has a part is still open here, and still of use. */
  private boolean goesOn(Received<ImageRequestProto> request, GroupReplica replica) {
    ByteString unfinished = request.body().getUnfinished();
    for (Map.Entry<Long, Open> each : open.entrySet()) {
      Open from = each.getValue();
      if (!unfinished.isEmpty()
          && from.peer.equals(request.from())
          && from.group.equals(request.group())
          && from.source.identity().equals(unfinished)
          && replica.core().holds(from.source.index())) {
        from.usedAt = now();
        head(request, replica, new Head(each.getKey(), from, from.source.index(), unfinished));
        return true;
      }
    }
    return false;
  }

  private void opened(
      Received<ImageRequestProto> request, GroupReplica replica, ImageSource source) {
    close(each -> each.peer.equals(request.from()) && each.group.equals(request.group()));
    long image = ++lastImage;
    Open from = new Open(request.from(), request.group(), source, now());
    open.put(image, from);
    head(request, replica, new Head(image, from, source.index(), source.identity()));
  }

  /** What a receiver is told of an image first; a witness gets no more than that. */
  private record Head(long image, @Nullable Open from, long index, ByteString identity) {}

  /** The entry at which the image ends goes along; it may have to be read. */
  private void head(Received<ImageRequestProto> request, GroupReplica replica, Head head) {
    LogEntry entry = replica.core().entry(head.index());
    if (entry != null) {
      head(request, replica, head, entry);
      return;
    }
    services
        .log()
        .read(request.group(), head.index(), head.index(), 1)
        .whenComplete((found, error) -> {
          if (error != null) {
            replica.unreadable(error);
          } else if (!found.isEmpty() && !replica.failed()) {
            head(request, replica, head, found.getFirst());
            return;
          }
          refuse(request, head);
        });
  }

  private void head(
      Received<ImageRequestProto> request, GroupReplica replica, Head head, LogEntry entry) {
    if (entry.index() > replica.appliedIndex() || !replica.core().holds(entry.index())) {
      refuse(request, head);
      return;
    }
    services
        .messenger()
        .reply(
            request,
            PaxosMessages.IMAGE_PART,
            ImagePartProto.newBuilder()
                .setImage(head.image())
                .setEntry(PaxosWire.entry(entry))
                .setMembers(replica.core().membersAt(entry.index()).toProto())
                .setIdentity(head.identity())
                .build());
  }

  private void read(Received<ImageRequestProto> request) {
    long image = request.body().getImage();
    Open from = open.get(image);
    if (from == null || !from.peer.equals(request.from()) || !from.group.equals(request.group())) {
      refuse(request, "image %d is not open any more".formatted(image));
      return;
    }
    from.usedAt = now();
    long position = request.body().getPosition();
    from.source
        .read(position, PART_BYTES)
        .whenComplete((bytes, error) -> {
          if (error != null) {
            refuse(request, String.valueOf(error.getMessage()));
          } else {
            part(request, image, position, bytes);
          }
        });
  }

  private void part(
      Received<ImageRequestProto> request, long image, long position, ByteString bytes) {
    services
        .messenger()
        .reply(
            request,
            PaxosMessages.IMAGE_PART,
            ImagePartProto.newBuilder()
                .setImage(image)
                .setPosition(position)
                .setBytes(bytes)
                .build());
  }

  private void refuse(Received<ImageRequestProto> request, Head head) {
    refuse(request, "entry %d is not in the log any more".formatted(head.index()));
    close(each -> each == head.from());
  }

  private void refuse(Received<ImageRequestProto> request, String reason) {
    services
        .messenger()
        .reply(
            request,
            PaxosMessages.IMAGE_PART,
            ImagePartProto.newBuilder().setReason(reason).build());
  }

  private Timestamp now() {
    return services.trueTime().now().latest();
  }
}
