package io.meridiandb.paxos.replica;

import com.google.protobuf.ByteString;
import io.meridiandb.kernel.event.Events.Level;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.paxos.LogEntry;
import io.meridiandb.paxos.log.LogRecord;
import io.meridiandb.paxos.membership.Configuration;
import io.meridiandb.paxos.proto.ImageOfferProto;
import io.meridiandb.paxos.proto.ImagePartProto;
import io.meridiandb.paxos.proto.ImageRequestProto;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Fetches another replica's image for one that lacks entries nobody's log holds any more (protocol
 * G25). Part after part, each asked for by its position, so that a lost message costs one question;
 * if the source fails, it is asked once more, then another one. What is durable here already is
 * kept meanwhile, also over a restart: if the next image has the same identity (so the same index
 * and members), it goes on from there, otherwise from the beginning. Meanwhile the replica votes
 * and follows as ever. A witness only learns where its log begins.
 *
 * <p>The order of what becomes durable: the members at the image's index, the state machine's
 * switch, the cut of the log. A crash anywhere leaves a replica that goes on from there.
 */
final class Installer {
  /** How long a part may take. */
  private static final Duration PART_MAX = Duration.ofSeconds(5);

  /** After a failure, before the next source is asked. */
  private static final Duration RETRY = Duration.ofSeconds(1);

  /** So often the same source is asked for an image before another one is. */
  private static final int TRIES_EACH = 2;

  /** So many questions for the same part before the source counts as lost. */
  private static final int QUESTIONS_MAX = 4;

  /** One source's image on its way here. */
  private static final class Attempt {
    final ServerId source;
    long image;
    int questions;
    @Nullable LogEntry entry;
    @Nullable Configuration members;
    ByteString identity = ByteString.EMPTY;
    @Nullable ImageSink sink;

    Attempt(ServerId source) {
      this.source = source;
    }
  }

  private final HostServices services;
  private final GroupReplica replica;
  private @Nullable Attempt running;
  private Timestamp retryAt = Timestamp.MIN;
  private long tries;

  /** Of which image a part is here; null before the state machine was asked. */
  private @Nullable ByteString unfinished;

  private boolean stopped;

  Installer(HostServices services, GroupReplica replica) {
    this.services = services;
    this.replica = replica;
  }

  /** An image is needed: begins with the next source, unless one is on its way. */
  void wanted() {
    if (running == null && services.trueTime().now().earliest().isAfter(retryAt)) {
      List<ServerId> sources = sources();
      if (!sources.isEmpty()) {
        begin(sources.get((int) (tries / TRIES_EACH % sources.size())));
      }
    }
  }

  /** The group's log no longer holds what {@code server} lacks: this one, or one that it leads. */
  void needed(ServerId server) {
    services.env().events().count("paxos.install.needed", 1);
    event(
        Level.WARNING,
        "%s needs a checkpoint of %s: the log no longer holds what it lacks"
            .formatted(server, replica.group()));
    if (server.equals(services.messenger().self().server())) {
      replica.machine().installNeeded(replica.appliedIndex());
      wanted();
    } else {
      services
          .messenger()
          .send(
              server,
              PaxosMessages.IMAGE_OFFER,
              replica.group(),
              ImageOfferProto.getDefaultInstance());
    }
  }

  /**
   * The leader says that an image is needed, and has one: so it is there and hears us soon. One
   * asked before that has not said a word may be gone for long.
   */
  void offered(ServerId by) {
    Attempt attempt = running;
    if (attempt != null && attempt.entry == null && !attempt.source.equals(by)) {
      giveUp(attempt, "it has not answered, and %s offers one".formatted(by), true);
      begin(by);
    } else if (attempt == null && services.trueTime().now().earliest().isAfter(retryAt)) {
      begin(by);
    }
  }

  void stop() {
    stopped = true;
    Attempt attempt = running;
    if (attempt != null) {
      giveUp(attempt, "the replica is closed", false);
    }
  }

  /** The leader first, then whoever has the data. */
  private List<ServerId> sources() {
    List<ServerId> sources = new ArrayList<>();
    ServerId leader = replica.leaderHint();
    if (leader != null) {
      sources.add(leader);
    }
    sources.addAll(replica.core().members().everybody().dataHolders());
    sources.removeIf(services.messenger().self().server()::equals);
    return sources;
  }

  private void begin(ServerId source) {
    if (!stopped) {
      tries++;
      Attempt attempt = new Attempt(source);
      running = attempt;
      ask(attempt);
    }
  }

  private void ask(Attempt attempt) {
    ImageSink sink = attempt.sink;
    ImageRequestProto request =
        ImageRequestProto.newBuilder()
            .setImage(attempt.image)
            .setPosition(sink == null ? 0 : sink.position())
            .setWitness(!replica.holdsData())
            .setUnfinished(attempt.image == 0 ? unfinished() : ByteString.EMPTY)
            .build();
    services
        .messenger()
        .call(
            attempt.source,
            PaxosMessages.IMAGE_REQUEST,
            PaxosMessages.IMAGE_PART,
            replica.group(),
            request,
            PART_MAX)
        .whenComplete((part, error) -> {
          if (running != attempt) {
            return;
          }
          if (error == null) {
            attempt.questions = 0;
            onPart(attempt, part);
          } else if (++attempt.questions < QUESTIONS_MAX) {
            ask(attempt);
          } else {
            giveUp(attempt, String.valueOf(error.getMessage()), true);
          }
        });
  }

  private ByteString unfinished() {
    ByteString known = unfinished;
    if (known == null) {
      known = replica.holdsData() ? replica.machine().unfinishedImage() : ByteString.EMPTY;
      unfinished = known;
    }
    return known;
  }

  private void onPart(Attempt attempt, ImagePartProto part) {
    ImageSink sink = attempt.sink;
    if (part.getImage() == 0) {
      giveUp(attempt, part.getReason(), true);
    } else if (attempt.entry == null) {
      onHead(attempt, part);
    } else if (sink == null || part.getPosition() != sink.position()) {
      giveUp(attempt, "part at " + part.getPosition() + " was not asked for", true);
    } else if (part.getBytes().isEmpty()) {
      finish(attempt, sink);
    } else {
      sink.write(part.getPosition(), part.getBytes())
          .whenComplete((done, error) -> {
            if (running != attempt) {
              return;
            }
            if (error == null) {
              services.env().events().count("paxos.install.bytes", part.getBytes().size());
              ask(attempt);
            } else {
              giveUp(attempt, String.valueOf(error.getMessage()), false);
            }
          });
    }
  }

  private void onHead(Attempt attempt, ImagePartProto part) {
    LogEntry entry = PaxosWire.entry(part.getEntry());
    Configuration members = Configuration.of(part.getMembers());
    if (!replica.couldUse(entry)) {
      unfinished = ByteString.EMPTY;
      giveUp(attempt, "its image ends at " + entry.index() + ", which is too early", false);
      return;
    }
    attempt.image = part.getImage();
    attempt.entry = entry;
    attempt.members = members;
    attempt.identity = part.getIdentity();
    replica.imageComing(entry, members);
    services
        .log()
        .append(
            List.of(new LogRecord.Members(replica.group(), entry.index(), members.encode())),
            () -> {
              if (running == attempt) {
                receive(attempt, entry);
              }
            });
  }

  private void receive(Attempt attempt, LogEntry entry) {
    if (!replica.holdsData()) {
      running = null;
      replica.imageEnded(entry, members(attempt));
      return;
    }
    replica
        .machine()
        .importImage(entry.index(), attempt.identity)
        .whenComplete((sink, error) -> {
          if (error != null) {
            giveUp(attempt, String.valueOf(error.getMessage()), false);
          } else if (running == attempt) {
            attempt.sink = sink;
            unfinished = attempt.identity;
            if (sink.position() > 0) {
              services.env().events().count("paxos.installs.resumed", 1);
            }
            ask(attempt);
          } else {
            sink.suspend();
          }
        });
  }

  private void finish(Attempt attempt, ImageSink sink) {
    LogEntry entry = attempt.entry;
    if (entry == null || !replica.couldUse(entry)) {
      giveUp(attempt, "the replica has got further by itself", false);
      return;
    }
    replica.imageSwitches();
    sink.finish()
        .whenComplete((done, error) -> {
          if (error != null) {
            replica.imageEnded(null, members(attempt));
            giveUp(attempt, String.valueOf(error.getMessage()), false);
            return;
          }
          running = null;
          unfinished = ByteString.EMPTY;
          services.env().events().count("paxos.installs", 1);
          event(
              Level.INFO,
              "%s has the state of %s after entry %d"
                  .formatted(replica.group(), attempt.source, entry.index()));
          replica.imageEnded(entry, members(attempt));
        });
  }

  private static Configuration members(Attempt attempt) {
    Configuration members = attempt.members;
    return Objects.requireNonNull(members);
  }

  /** {@code keep}: what has come so far is good, and may be gone on with. */
  private void giveUp(Attempt attempt, String why, boolean keep) {
    if (running != attempt) {
      return;
    }
    running = null;
    retryAt = services.trueTime().now().latest().plus(RETRY);
    ImageSink sink = attempt.sink;
    if (sink != null && keep) {
      sink.suspend();
    } else if (sink != null) {
      unfinished = ByteString.EMPTY;
      sink.abort();
    }
    event(
        Level.WARNING,
        "%s gets no image from %s: %s".formatted(replica.group(), attempt.source, why));
  }

  private void event(Level level, String message) {
    services.env().events().event(level, "paxos.install", message);
  }
}
