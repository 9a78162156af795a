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
      long index = replica.core().witnessStart();
      head(request, replica, index, ByteString.EMPTY, 1);
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
          && replica.core().entry(from.source.index()) != null) {
        from.usedAt = now();
        return head(request, replica, from.source.index(), unfinished, each.getKey());
      }
    }
    return false;
  }

  private void opened(
      Received<ImageRequestProto> request, GroupReplica replica, ImageSource source) {
    close(each -> each.peer.equals(request.from()) && each.group.equals(request.group()));
    long image = ++lastImage;
    if (head(request, replica, source.index(), source.identity(), image)) {
      open.put(image, new Open(request.from(), request.group(), source, now()));
    } else {
      source.close();
    }
  }

  private boolean head(
      Received<ImageRequestProto> request,
      GroupReplica replica,
      long index,
      ByteString identity,
      long image) {
    LogEntry entry = replica.core().entry(index);
    if (entry == null || index > replica.appliedIndex()) {
      refuse(request, "entry %d is not in the log any more".formatted(index));
      return false;
    }
    services
        .messenger()
        .reply(
            request,
            PaxosMessages.IMAGE_PART,
            ImagePartProto.newBuilder()
                .setImage(image)
                .setEntry(PaxosWire.entry(entry))
                .setMembers(replica.core().membersAt(index).toProto())
                .setIdentity(identity)
                .build());
    return true;
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
