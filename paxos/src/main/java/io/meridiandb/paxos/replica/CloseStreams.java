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

/**
 * Closed timestamps of groups in which nothing happens: one CLOSE for each pair of servers and
 * interval, whatever the number of groups (protocol C4, G20).
 *
 * <p>A CLOSE says T for all groups that are <i>registered</i> on its stream, each with the ballot
 * and last index for which T is promised; it carries what has changed in the registrations since
 * the one before. So T never speaks of a group whose leader has appended since, or leads no longer.
 * Messages of a stream are numbered: a receiver that misses one forgets all registrations and says
 * so, and the sender begins a new stream with all of them.
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

  /** The groups that this server leads, as far as they can promise something now. */
  interface Leading {
    /**
     * Promises T for every group led here, and tells for which members and registrations that
     * holds.
     */
    Map<ServerId, Map<GroupId, Registration>> promise(Timestamp t);

    /** A promise for a group has come from its leader. */
    void closed(GroupId group, Registration registration, Timestamp t);
  }

  private static final class Outgoing {
    long stream;
    long next;
    final Map<GroupId, Registration> registered = new TreeMap<>();
  }

  private static final class Incoming {
    long incarnation;
    long stream;
    long next;
    final Map<GroupId, Registration> registered = new TreeMap<>();
  }

  private final HostServices services;
  private final Leading groups;
  private final Map<ServerId, Outgoing> out = new TreeMap<>();
  private final Map<ServerId, Incoming> in = new TreeMap<>();

  CloseStreams(HostServices services, Leading groups) {
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

  /** Closes the present for all groups led here. */
  void tick() {
    Timestamp t = services.trueTime().now().latest();
    Map<ServerId, Map<GroupId, Registration>> led = groups.promise(t);
    led.keySet().forEach(peer -> out.computeIfAbsent(peer, p -> new Outgoing()));
    out.forEach((peer, stream) -> send(peer, stream, led.getOrDefault(peer, Map.of()), t));
  }

  private void onWanted(ServerId peer, Timestamp wanted) {
    Timestamp now = services.trueTime().now().latest();
    long ahead = wanted.nanos() - now.nanos();
    if (ahead <= 0) {
      Map<GroupId, Registration> led = groups.promise(now).get(peer);
      if (led != null) { // nothing led any more: the next turn says so
        send(peer, out.computeIfAbsent(peer, p -> new Outgoing()), led, now);
      }
    } else if (ahead <= AHEAD_MAX.toNanos()) {
      services.strand().schedule(Duration.ofNanos(ahead), () -> onWanted(peer, wanted));
    }
  }

  private void send(ServerId peer, Outgoing stream, Map<GroupId, Registration> led, Timestamp t) {
    if (led.isEmpty() && stream.registered.isEmpty()) {
      return;
    }
    if (stream.next == 0) {
      stream.stream++;
      stream.registered.clear();
    }
    CloseProto.Builder close =
        CloseProto.newBuilder()
            .setStream(stream.stream)
            .setNumber(stream.next++)
            .setClosedNanos(t.nanos());
    led.forEach((group, registration) -> {
      if (!registration.equals(stream.registered.get(group))) {
        close.addRegister(
            Registered.newBuilder()
                .setGroup(group.value())
                .setBallot(PaxosWire.ballot(registration.ballot()))
                .setLastIndex(registration.lastIndex()));
      }
    });
    stream
        .registered
        .keySet()
        .forEach(group -> {
          if (!led.containsKey(group)) {
            close.addUnregister(group.value());
          }
        });
    stream.registered.clear();
    stream.registered.putAll(led);
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
      stream.registered.clear();
      known = true;
    }
    if (!known) {
      return; // of a stream that was given up
    }
    if (close.getNumber() != stream.next) {
      stream.next = Long.MAX_VALUE; // nothing of this stream counts any more
      stream.registered.clear();
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
    close.getUnregisterList().forEach(group -> stream.registered.remove(new GroupId(group)));
    for (Registered each : close.getRegisterList()) {
      stream.registered.put(
          new GroupId(each.getGroup()),
          new Registration(PaxosWire.ballot(each.getBallot()), each.getLastIndex()));
    }
    Timestamp t = new Timestamp(close.getClosedNanos());
    stream.registered.forEach((group, registration) -> groups.closed(group, registration, t));
  }

  private void onLost(Received<CloseLostProto> message) {
    Outgoing stream = out.get(message.from());
    if (stream != null && stream.stream == message.body().getStream()) {
      stream.next = 0;
    }
  }
}
