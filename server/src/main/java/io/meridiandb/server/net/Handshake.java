package io.meridiandb.server.net;

import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.id.UniverseId;
import io.meridiandb.kernel.net.Transport.Lane;
import io.meridiandb.server.net.proto.PeerAnswer;
import io.meridiandb.server.net.proto.PeerHello;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/** Who may talk to whom: both ends of a new stream tell who they are before any frame passes. */
final class Handshake {
  /** The format of the handshake, the packs and what is in them. */
  static final int FORMAT = 1;

  private final TransportConfig config;
  private final ConcurrentMap<ServerId, Long> incarnations = new ConcurrentHashMap<>();

  Handshake(TransportConfig config) {
    this.config = config;
  }

  /** The first message on a stream to {@code target}. */
  PeerHello hello(ServerId target, Lane lane) {
    return PeerHello.newBuilder()
        .setFormat(FORMAT)
        .setUniverseHigh(config.self().universe().high())
        .setUniverseLow(config.self().universe().low())
        .setServer(config.self().server().value())
        .setIncarnation(config.self().incarnation())
        .setBootId(config.bootId())
        .setSharedClock(config.sharedClock())
        .setTarget(target.value())
        .setLane(lane.ordinal())
        .build();
  }

  /** Judges who wants to open a stream to us. */
  PeerAnswer answer(PeerHello hello) {
    String reason = refusal(hello);
    return PeerAnswer.newBuilder()
        .setAccepted(reason.isEmpty())
        .setReason(reason)
        .setFormat(FORMAT)
        .setServer(config.self().server().value())
        .setIncarnation(config.self().incarnation())
        .build();
  }

  /** Why not; empty if it may. */
  private String refusal(PeerHello hello) {
    ServerId me = config.self().server();
    ServerId from = new ServerId(hello.getServer());
    if (hello.getFormat() != FORMAT) {
      return me + " speaks message format " + FORMAT + ", " + from + " speaks " + hello.getFormat();
    }
    UniverseId universe = new UniverseId(hello.getUniverseHigh(), hello.getUniverseLow());
    if (!universe.equals(config.self().universe())) {
      return me
          + " is of universe "
          + config.self().universe()
          + ", "
          + from
          + " is of universe "
          + universe;
    }
    if (hello.getTarget() != me.value()) {
      return "this is "
          + me
          + ", not "
          + new ServerId(hello.getTarget())
          + ": check the addresses in the universe file";
    }
    if (!config.peers().containsKey(from)) {
      return me + " does not know " + from + ": check the universe file";
    }
    if ((config.sharedClock() || hello.getSharedClock())
        && !hello.getBootId().equals(config.bootId())) {
      return "clock source shared-host holds on one machine only, and "
          + from
          + " runs on another than "
          + me;
    }
    if (hello.getLane() < 0 || hello.getLane() >= Lane.values().length) {
      return "there is no lane " + hello.getLane();
    }
    long newest = incarnations.merge(from, hello.getIncarnation(), Math::max);
    if (hello.getIncarnation() < newest) {
      return "%s has started %d times, and this is its start %d: is a copy of its folder in use?"
          .formatted(from, newest, hello.getIncarnation());
    }
    return "";
  }
}
