package io.meridiandb.truetime;

import io.meridiandb.kernel.event.Events;
import io.meridiandb.kernel.event.Events.Level;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.net.Messenger;
import io.meridiandb.kernel.time.TTInterval;
import io.meridiandb.kernel.time.Timestamp;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Compares the clock reading in every message with this server's own (protocol G10). Delay only
 * makes a message later, so two things prove that one of two clocks lies:
 *
 * <ul>
 *   <li>the sender's {@code earliest} lies after our {@code latest}: it was not yet that late;
 *   <li>the sender's {@code latest} lies before an {@code earliest} of ours that it had heard (the
 *       message's echo): it was later than that already.
 * </ul>
 *
 * <p>Servers whose clocks contradict each other do not talk: no lease, vote, entry or answer passes
 * between them, until one of the two has started again. A server that a majority of its peers
 * contradicts is fenced: it is the one whose clock is wrong, it leads nothing and votes for nobody.
 * So is one whose clock has a fault of its own.
 *
 * <p>Callable from any thread.
 */
public final class ClockWatch implements Messenger.ClockWatch {
  /**
   * A peer in one of its starts.
   *
   * @param heard the highest {@code earliest} in its messages
   * @param contradicts whether its clock and ours were proved not to be right both
   */
  private record Peer(long incarnation, Timestamp heard, boolean contradicts) {}

  private final TrueTime trueTime;
  private final Events events;
  private final FencingRule rule;
  private final Timestamp begin;
  private final Map<ServerId, Peer> peers = new ConcurrentHashMap<>();
  private final AtomicReference<@Nullable String> reported = new AtomicReference<>();
  private volatile boolean outvoted;

  public ClockWatch(TrueTime trueTime, Events events) {
    this(trueTime, events, FencingRule.MAJORITY);
  }

  /** With another rule: for tests that show what {@link FencingRule#MAJORITY} is for. */
  public ClockWatch(TrueTime trueTime, Events events, FencingRule rule) {
    this.trueTime = trueTime;
    this.events = events;
    this.rule = rule;
    this.begin = trueTime.now().earliest();
  }

  @Override
  public boolean observe(ServerId peer, long incarnation, TTInterval senderClock, Timestamp echo) {
    TTInterval own = trueTime.now();
    boolean fromTheFuture = senderClock.earliest().isAfter(own.latest());
    boolean beforeItsEcho = echo.isAfter(senderClock.latest()) && saidByUs(echo, own);
    boolean contradicts = fromTheFuture || beforeItsEcho;
    Peer before = peers.get(peer);
    if (before != null && before.incarnation() > incarnation) {
      return !contradicts; // sent by a start of the peer that has ended
    }
    if (before != null
        && before.incarnation() == incarnation
        && (before.contradicts() || !contradicts)
        && !senderClock.earliest().isAfter(before.heard())) {
      return !before.contradicts(); // nothing new
    }
    Peer now =
        peers.merge(
            peer, new Peer(incarnation, senderClock.earliest(), contradicts), ClockWatch::together);
    boolean known =
        before != null
            && before.incarnation() == now.incarnation()
            && before.contradicts() == now.contradicts();
    if (!known) {
      count();
      if (now.contradicts()) {
        alarm(peer, senderClock, own, echo);
      }
    }
    return !now.contradicts();
  }

  /** Only what this start of the server has said counts: what an earlier one said may be wrong. */
  private boolean saidByUs(Timestamp echo, TTInterval own) {
    return !echo.isBefore(begin) && !echo.isAfter(own.latest());
  }

  private static Peer together(Peer old, Peer next) {
    if (old.incarnation() != next.incarnation()) {
      return old.incarnation() > next.incarnation() ? old : next;
    }
    return new Peer(
        old.incarnation(),
        Timestamp.max(old.heard(), next.heard()),
        old.contradicts() || next.contradicts());
  }

  private void count() {
    int contradicting = 0;
    int heard = 0;
    for (Peer peer : peers.values()) {
      heard++;
      contradicting += peer.contradicts() ? 1 : 0;
    }
    outvoted = contradicting > 0 && rule.fences(contradicting, heard);
  }

  private void alarm(ServerId peer, TTInterval theirs, TTInterval own, Timestamp echo) {
    events.count("truetime.contradictions", 1);
    events.probe("truetime.contradiction");
    events.event(
        Level.ERROR,
        "truetime",
        ("the clocks contradict each other: %s shows %s to %s, here it is %s to %s (%s had heard %s);"
                + " the two do not talk until one has started again with its clock set right")
            .formatted(
                peer,
                theirs.earliest(),
                theirs.latest(),
                own.earliest(),
                own.latest(),
                peer,
                echo));
  }

  @Override
  public Timestamp echo(ServerId peer) {
    Peer known = peers.get(peer);
    return known == null ? Timestamp.MIN : known.heard();
  }

  /** Whether leases may be given to and counted from {@code peer}. */
  public boolean trusts(ServerId peer) {
    Peer known = peers.get(peer);
    return known == null || !known.contradicts();
  }

  /** The peers whose clocks contradict this server's, in order. */
  public List<ServerId> distrusted() {
    List<ServerId> found = new ArrayList<>();
    peers.forEach((id, peer) -> {
      if (peer.contradicts()) {
        found.add(id);
      }
    });
    Collections.sort(found);
    return found;
  }

  /**
   * Whether this server must take its own clock for wrong, and lead nothing; as far as the last
   * {@link TrueTime#now} has found out.
   */
  public boolean fenced() {
    return fencedBecause() != null;
  }

  /** Whether it is {@link #fenced}, for an observer: nobody is told, nothing changes. */
  public boolean peekFenced() {
    return reason() != null;
  }

  /** The time, for an observer: see {@link TrueTime#peek}. */
  public TTInterval peek() {
    return trueTime.peek();
  }

  private @Nullable String reason() {
    return outvoted
        ? "most of the servers heard contradict this one's clock: set it right and start this server again"
        : trueTime.fault();
  }

  /** Why it is {@link #fenced}, in words for people; null if it is not. */
  public @Nullable String fencedBecause() {
    String why = reason();
    String told = reported.get();
    if (!Objects.equals(told, why) && reported.compareAndSet(told, why)) {
      report(why);
    }
    return why;
  }

  /** How the clock is now. */
  public ClockStatus status() {
    TTInterval now = trueTime.now();
    return new ClockStatus(now, trueTime.source(), fencedBecause(), distrusted());
  }

  private void report(@Nullable String why) {
    if (why == null) {
      events.event(Level.INFO, "truetime", "the clock can be relied upon again");
    } else {
      events.count("truetime.fenced", 1);
      events.probe("truetime.fenced");
      events.event(
          Level.ERROR, "truetime", "this server leads nothing and votes for nobody: " + why);
    }
  }
}
