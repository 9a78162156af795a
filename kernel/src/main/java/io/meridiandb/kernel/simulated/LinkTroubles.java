package io.meridiandb.kernel.simulated;

import io.meridiandb.kernel.net.FrameText;
import io.meridiandb.kernel.simulated.SimulatedNetwork.Link;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;

/** What is wrong with single links for a while, besides cuts and clogs. */
final class LinkTroubles {
  /** What can be wrong with a link, by the name under which it is counted. */
  enum Kind {
    /** Frames take longer; amount: nanoseconds. */
    SLOW("link-slow"),
    /** Frames wait for each other; amount: bytes a second. */
    NARROW("link-narrow"),
    /** Frames arrive after what was sent later; amount: nanoseconds. */
    LATE("frames-late"),
    /** Answers are lost. */
    NO_ANSWERS("answers-lost");

    private final String text;

    Kind(String text) {
      this.text = text;
    }

    String text() {
      return text;
    }

    @Override
    public String toString() {
      return text;
    }
  }

  /** What waits for longer at a narrow link is lost, as where a sender's queue is full. */
  private static final long QUEUE_NANOS_MAX = 2_000_000_000L;

  private static final String OVERFLOW = "queue-overflow";
  private static final long NANOS_PER_SECOND = 1_000_000_000L;

  private record Trouble(long amount, long until) {}

  private final SimulatedWorld world;
  private final FaultCounts faults;
  private final Map<Kind, Map<Link, Trouble>> troubles = new EnumMap<>(Kind.class);
  private long standardBytesPerSecond;
  private Predicate<Link> isLong = link -> false;
  private final Map<Link, Long> freeAt = new TreeMap<>();

  LinkTroubles(SimulatedWorld world, FaultCounts faults) {
    this.world = world;
    this.faults = faults;
  }

  void begin(Kind kind, Link link, long amount, Duration length) {
    faults.fired(kind.text);
    long until = world.queue().now() + SimulatedWorld.nanos(length);
    troubles.computeIfAbsent(kind, each -> new TreeMap<>()).put(link, new Trouble(amount, until));
  }

  /** What links carry that are long, as long as nothing narrows them further. */
  void bandwidth(long bytesPerSecond, Predicate<Link> whichAreLong) {
    standardBytesPerSecond = bytesPerSecond;
    isLong = whichAreLong;
  }

  private boolean isNothing() {
    return troubles.isEmpty() && standardBytesPerSecond == 0;
  }

  /** Bytes a second; 0 if there is no limit. */
  private long bandwidth(Link link) {
    long narrow = amount(Kind.NARROW, link);
    return narrow == 0 && standardBytesPerSecond > 0 && isLong.test(link)
        ? standardBytesPerSecond
        : narrow;
  }

  void endAll() {
    troubles.clear();
    freeAt.clear();
  }

  /** How much of it the link has now; 0 if nothing. */
  private long amount(Kind kind, Link link) {
    Map<Link, Trouble> all = troubles.get(kind);
    Trouble trouble = all == null ? null : all.get(link);
    return trouble == null || trouble.until <= world.queue().now() ? 0 : trouble.amount;
  }

  /** Whether a frame is lost before it is on its way. */
  boolean swallows(Link link, byte[] frame) {
    if (isNothing()) {
      return false;
    }
    if (amount(Kind.NO_ANSWERS, link) > 0 && FrameText.isAnswer(frame)) {
      faults.mattered(Kind.NO_ANSWERS.text);
      return true;
    }
    boolean full =
        bandwidth(link) > 0
            && freeAt.getOrDefault(link, 0L) - world.queue().now() > QUEUE_NANOS_MAX;
    if (full) {
      faults.fired(OVERFLOW);
      faults.mattered(OVERFLOW);
    }
    return full;
  }

  /** By how much a frame that is sent now comes later than all that is sent after it; 0 if not. */
  long late(Link link) {
    return troubles.isEmpty() ? 0 : amount(Kind.LATE, link);
  }

  /** How much longer than usual a frame takes that is sent now. */
  long more(Link link, int bytes) {
    if (isNothing()) {
      return 0;
    }
    long more = amount(Kind.SLOW, link);
    if (more > 0) {
      faults.mattered(Kind.SLOW.text);
    }
    long bytesPerSecond = bandwidth(link);
    if (bytesPerSecond > 0) {
      long now = world.queue().now();
      long begin = Math.max(now, freeAt.getOrDefault(link, 0L));
      long end = begin + bytes * NANOS_PER_SECOND / bytesPerSecond;
      freeAt.put(link, end);
      if (begin > now) {
        faults.mattered(Kind.NARROW.text);
      }
      more += end - now;
    }
    return more;
  }
}
