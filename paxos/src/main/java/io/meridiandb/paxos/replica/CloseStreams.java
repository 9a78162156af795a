package io.meridiandb.paxos.replica;

import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.net.Received;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.paxos.Ballot;
import io.meridiandb.paxos.proto.CloseLostProto;
import io.meridiandb.paxos.proto.CloseProto;
import io.meridiandb.paxos.proto.CloseProto.Registered;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Closed timestamps of groups in which nothing happens: one CLOSE for each pair of servers and
 * interval, whatever the number of groups (protocol C4, G20).
 *
 * <p>A CLOSE says T for all groups that are <i>registered</i> on its stream, each with the ballot
 * and last index for which T is promised; it carries what has changed in the registrations since
 * the one before. So T never speaks of a group whose leader has appended since, or leads no longer.
 * Messages of a stream are numbered: a receiver that misses one forgets all registrations and says
 * so, and the sender begins a new stream with all of them. A receiver remembers T and the
 * registrations, and works out what follows for a group only when somebody wants to know.
 *
 * <p>READ-TIME asks for a CLOSE out of turn: reads at the asking server wait for it (protocol C4).
 * What it asks for has to lie in the past of this server's clock for sure; until then it waits, for
 * a while (G19). Runs on the server strand.
 */
final class CloseStreams {
  /** A server whose clock is further ahead than this is not waited for. */
  static final Duration AHEAD_MAX = Duration.ofSeconds(1);

  /** For what a group's T holds. */
  record Registration(Ballot ballot, long lastIndex) {}

  /** The replicas of this server. */
  interface Groups {
    /**
     * Promises T for every group led here that can promise it now, and tells all members with data
     * but this server.
     */
    void promise(Timestamp t, Members members);

    /** A leader has promised something for a group, and may promise more from now on. */
    void closed(GroupId group, Registration registration, Timestamp t);

    /** Something was promised for groups of which {@link CloseStreams#latest} tells. */
    void toldMore();
  }

  /** Hears for which member what is promised. */
  interface Members {
    void promised(ServerId member, GroupId group, Registration registration);
  }

  /** The last promise of a leader for a group. */
  record Latest(Registration registration, Timestamp t) {}

  private static final class Told {
    Registration registration;
    long turn;

    Told(Registration registration, long turn) {
      this.registration = registration;
      this.turn = turn;
    }
  }

  /** Most groups are as they were: what is told of them, and to whom, is not gathered anew. */
  private static final class Outgoing {
    long stream;
    long next;
    final Map<GroupId, Told> registered = new TreeMap<>();
    final Map<GroupId, Registration> changed = new TreeMap<>();
    int seen;

    void promised(GroupId group, Registration registration, long turn) {
      Told told = registered.get(group);
      if (told == null) {
        registered.put(group, new Told(registration, turn));
        changed.put(group, registration);
      } else {
        if (!told.registration.equals(registration)) {
          told.registration = registration;
          changed.put(group, registration);
        }
        told.turn = turn;
      }
      seen++;
    }
  }

  private static final class Incoming {
    long incarnation;
    long stream;
    long next;
    Timestamp closed = Timestamp.MIN;
    final Map<GroupId, Registration> registered = new TreeMap<>();
  }

  private final HostServices services;
  private final Groups groups;
  private final Map<ServerId, Outgoing> out = new TreeMap<>();
  private final Map<ServerId, Incoming> in = new TreeMap<>();
  private long turn;
  private boolean news;
  private boolean asked;

  CloseStreams(HostServices services, Groups groups) {
    this.services = services;
    this.groups = groups;
  }

  void start() {
    services.messenger().on(PaxosMessages.CLOSE, m -> services.strand().execute(() -> onClose(m)));
    services
        .messenger()
        .on(PaxosMessages.CLOSE_LOST, m -> services.strand().execute(() -> onLost(m)));
    services
        .messenger()
        .on(
            PaxosMessages.READ_TIME,
            m ->
                services
                    .strand()
                    .execute(() -> onWanted(m.from(), new Timestamp(m.body().getWantedNanos()))));
  }

  /**
   * Closes the present for all groups led here.
   *
   * @return whether anything was to be told but the time, or somebody has asked since
   */
  boolean tick() {
    news = asked;
    asked = false;
    Timestamp t = services.trueTime().now().latest();
    turn++;
    out.values().forEach(CloseStreams::begin);
    groups.promise(t, (peer, group, registration) -> to(peer).promised(group, registration, turn));
    out.forEach((peer, stream) -> send(peer, stream, t));
    return news;
  }

  private Outgoing to(ServerId peer) {
    Outgoing stream = out.get(peer);
    if (stream == null) {
      stream = new Outgoing();
      begin(stream);
      out.put(peer, stream);
    }
    return stream;
  }

  private static void begin(Outgoing stream) {
    if (stream.next == 0) {
      stream.stream++;
      stream.registered.clear();
    }
    stream.changed.clear();
    stream.seen = 0;
  }

  private void onWanted(ServerId peer, Timestamp wanted) {
    asked = true;
    Timestamp now = services.trueTime().now().latest();
    long ahead = wanted.nanos() - now.nanos();
    if (ahead <= 0) {
      turn++;
      Outgoing stream = to(peer);
      begin(stream);
      groups.promise(
          now,
          (member, group, registration) -> {
            if (member.equals(peer)) {
              stream.promised(group, registration, turn);
            }
          });
      send(peer, stream, now);
    } else if (ahead <= AHEAD_MAX.toNanos()) {
      services.strand().schedule(Duration.ofNanos(ahead), () -> onWanted(peer, wanted));
    }
  }

  private void send(ServerId peer, Outgoing stream, Timestamp t) {
    if (stream.registered.isEmpty()) {
      return;
    }
    news |= !stream.changed.isEmpty() || stream.seen < stream.registered.size();
    CloseProto.Builder close =
        CloseProto.newBuilder()
            .setStream(stream.stream)
            .setNumber(stream.next++)
            .setClosedNanos(t.nanos());
    stream.changed.forEach((group, registration) ->
        close.addRegister(
            Registered.newBuilder()
                .setGroup(group.value())
                .setBallot(PaxosWire.ballot(registration.ballot()))
                .setLastIndex(registration.lastIndex())));
    if (stream.seen < stream.registered.size()) { // some are led here no longer
      stream
          .registered
          .entrySet()
          .removeIf(entry -> {
            boolean gone = entry.getValue().turn != turn;
            if (gone) {
              close.addUnregister(entry.getKey().value());
            }
            return gone;
          });
    }
    services.messenger().send(peer, PaxosMessages.CLOSE, GroupId.ZERO, close.build());
  }

  private void onClose(Received<CloseProto> message) {
    CloseProto close = message.body();
    Incoming stream = in.computeIfAbsent(message.from(), from -> new Incoming());
    boolean known =
        stream.incarnation == message.incarnation() && stream.stream == close.getStream();
    boolean later =
        message.incarnation() > stream.incarnation
            || (message.incarnation() == stream.incarnation && close.getStream() > stream.stream);
    if (later) {
      stream.incarnation = message.incarnation();
      stream.stream = close.getStream();
      stream.next = 0;
      forget(stream);
      known = true;
    }
    if (!known) {
      return; // of a stream that was given up
    }
    if (close.getNumber() != stream.next) {
      stream.next = Long.MAX_VALUE; // nothing of this stream counts any more
      forget(stream);
      services
          .messenger()
          .send(
              message.from(),
              PaxosMessages.CLOSE_LOST,
              GroupId.ZERO,
              CloseLostProto.newBuilder().setStream(stream.stream).build());
      return;
    }
    stream.next++;
    close
        .getUnregisterList()
        .forEach(group -> {
          GroupId ended = new GroupId(group);
          keep(ended, stream.registered.remove(ended), stream.closed);
        });
    for (Registered each : close.getRegisterList()) {
      GroupId group = new GroupId(each.getGroup());
      Registration next = new Registration(PaxosWire.ballot(each.getBallot()), each.getLastIndex());
      keep(group, stream.registered.put(group, next), stream.closed);
    }
    stream.closed = new Timestamp(close.getClosedNanos());
    groups.toldMore();
  }

  /**
   * What {@code leader} has promised last for {@code group}; null if nothing counts. Replicas ask
   * when they want to know: a CLOSE for a thousand groups touches only those where reads wait.
   */
  @Nullable Latest latest(GroupId group, ServerId leader) {
    Incoming stream = in.get(leader);
    Registration registration = stream == null ? null : stream.registered.get(group);
    return registration == null || stream == null ? null : new Latest(registration, stream.closed);
  }

  /** A stream is over; what it has promised stays true. */
  private void forget(Incoming stream) {
    stream.registered.forEach((group, registration) -> keep(group, registration, stream.closed));
    stream.registered.clear();
    stream.closed = Timestamp.MIN;
  }

  private void keep(GroupId group, @Nullable Registration registration, Timestamp closed) {
    if (registration != null) {
      groups.closed(group, registration, closed);
    }
  }

  private void onLost(Received<CloseLostProto> message) {
    Outgoing stream = out.get(message.from());
    if (stream != null && stream.stream == message.body().getStream()) {
      stream.next = 0;
    }
  }
}
