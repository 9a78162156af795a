package io.meridiandb.kernel.simulated;

import io.meridiandb.kernel.RandomSource;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.net.LatencyMatrix;
import io.meridiandb.kernel.net.Transport;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The network of a world: every link has its conditions, frames of one link and lane keep their
 * order unless reordering is among the faults. Frames are copied, so servers share no bytes.
 */
public final class SimulatedNetwork {
  private static final long LOOPBACK_NANOS = 10_000;
  private static final String LOSS = "message-loss";
  private static final String REORDER = "message-reorder";
  private static final String DUPLICATE = "message-duplicate";
  private static final String CLOG = "clog";

  /** One direction between two servers. */
  record Link(ServerId from, ServerId to) implements Comparable<Link> {
    @Override
    public int compareTo(Link other) {
      int order = from.compareTo(other.from);
      return order != 0 ? order : to.compareTo(other.to);
    }
  }

  /** What frames of one link and lane go through; found once for each frame. */
  private static final class Path {
    private final Link link;
    private final Transport.Lane lane;
    private @Nullable LinkConditions conditions;
    private long lastArrival;
    private long lastNumber;

    Path(Link link, Transport.Lane lane) {
      this.link = link;
      this.lane = lane;
    }

    /** One for each lane, by its ordinal. */
    static Path[] ofLink(Link link) {
      return Arrays.stream(Transport.Lane.values())
          .map(lane -> new Path(link, lane))
          .toArray(Path[]::new);
    }

    @Override
    public String toString() {
      return link + ", " + lane;
    }
  }

  private final SimulatedWorld world;
  private final RandomSource random;
  private final FaultCounts faults;
  private final Map<Link, LinkConditions> conditions = new TreeMap<>();
  private final Set<Link> cuts = new LinkedHashSet<>();
  private final Map<Link, Long> cloggedUntil = new TreeMap<>();
  private final LinkTroubles troubles;

  /** By sender and receiver; whoever sends has those from him at hand. */
  private final Map<ServerId, Map<ServerId, Path[]>> paths = new TreeMap<>();

  private LinkConditions standard = LinkConditions.lan();
  private Function<byte[], String> inWords = frame -> frame.length + " bytes";
  private @Nullable LatencyMatrix distances;
  private Function<ServerId, String> regionOf = server -> "";
  private long sent;
  private long delivered;

  SimulatedNetwork(SimulatedWorld world, RandomSource random, FaultCounts faults) {
    this.world = world;
    this.random = random;
    this.faults = faults;
    this.troubles = new LinkTroubles(world, faults);
  }

  /** How frames are shown in a listing; it does not change anything that happens. */
  public void frameWords(Function<byte[], String> words) {
    inWords = words;
  }

  /** Sets the conditions of all links that have none of their own. */
  public void standard(LinkConditions ofAll) {
    standard = ofAll;
    conditionsChange();
  }

  /**
   * From now on frames take as long as regions lie apart, instead of the standard conditions'
   * latency; odds of faults stay theirs. A link with conditions of its own keeps those.
   *
   * @param matrix distances of regions
   * @param regions the region of every server, clients' machines as well
   */
  public void latencies(LatencyMatrix matrix, Function<ServerId, String> regions) {
    distances = matrix;
    regionOf = regions;
    conditionsChange();
  }

  /**
   * From now on each link between two regions carries so many bytes a second, in each direction;
   * frames wait for each other, and what would wait for longer than two seconds is lost.
   */
  public void bandwidthBetweenRegions(long bytesPerSecond) {
    troubles.bandwidth(
        bytesPerSecond, link -> !regionOf.apply(link.from).equals(regionOf.apply(link.to)));
  }

  private void conditionsChange() {
    for (Map<ServerId, Path[]> fromOne : paths.values()) {
      fromOne.values().stream().flatMap(Arrays::stream).forEach(path -> path.conditions = null);
    }
  }

  private LinkConditions conditionsOf(Path path) {
    LinkConditions known = path.conditions;
    if (known == null) {
      known = conditionsOf(path.link);
      path.conditions = known;
    }
    return known;
  }

  private LinkConditions conditionsOf(Link link) {
    LinkConditions own = conditions.get(link);
    LatencyMatrix matrix = distances;
    if (own != null || matrix == null) {
      return own != null ? own : standard;
    }
    LatencyMatrix.Delay delay = matrix.between(regionOf.apply(link.from), regionOf.apply(link.to));
    return new LinkConditions(
        Duration.ofNanos(Math.max(LOOPBACK_NANOS, delay.nanos())),
        Duration.ofNanos(delay.jitterNanos()),
        standard.lossPerMillion(),
        standard.duplicatePerMillion(),
        standard.reorderPerMillion());
  }

  /** Sets the conditions of one link, in one direction. */
  public void link(ServerId from, ServerId to, LinkConditions ofThis) {
    conditions.put(new Link(from, to), ofThis);
    conditionsChange();
  }

  /** Sets the conditions of both directions. */
  public void linkBothWays(ServerId a, ServerId b, LinkConditions ofThese) {
    link(a, b, ofThese);
    link(b, a, ofThese);
  }

  /**
   * From now on nothing that {@code from} sends arrives at {@code to}, not even what is on its way.
   */
  public void cut(ServerId from, ServerId to) {
    cuts.add(new Link(from, to));
    faults.fired("cut");
    note("cut " + from + " to " + to);
  }

  /** Cuts both directions. */
  public void cutBothWays(ServerId a, ServerId b) {
    cut(a, b);
    cut(b, a);
  }

  /** Cuts a server off from all others that exist now. */
  public void isolate(ServerId server) {
    for (ServerId other : world.servers()) {
      if (!other.equals(server)) {
        cutBothWays(server, other);
      }
    }
  }

  /**
   * For so long, frames of one direction are held up and arrive afterwards, in their order: a clog,
   * which no connection notices as a break.
   */
  public void clog(ServerId from, ServerId to, Duration duration) {
    Link link = new Link(from, to);
    cloggedUntil.merge(link, world.queue().now() + SimulatedWorld.nanos(duration), Math::max);
    faults.fired(CLOG);
    note("clog " + link + " for " + duration);
  }

  /** Ends a clog early; what it has held up already still comes at its former end. */
  public void unclog(ServerId from, ServerId to) {
    if (cloggedUntil.remove(new Link(from, to)) != null) {
      note("unclog " + from + " to " + to);
    }
  }

  /** For so long, frames of one direction take so much longer; they keep their order. */
  public void slow(ServerId from, ServerId to, Duration more, Duration length) {
    begin(LinkTroubles.Kind.SLOW, new Link(from, to), SimulatedWorld.nanos(more), length);
  }

  /**
   * For so long, one direction carries so many bytes a second; frames wait for each other, and what
   * would wait for longer than two seconds is lost.
   */
  public void narrow(ServerId from, ServerId to, long bytesPerSecond, Duration length) {
    begin(LinkTroubles.Kind.NARROW, new Link(from, to), bytesPerSecond, length);
  }

  /** What is sent in one direction for so long comes so much later than all that is sent after. */
  public void belate(ServerId from, ServerId to, Duration late, Duration length) {
    begin(LinkTroubles.Kind.LATE, new Link(from, to), SimulatedWorld.nanos(late), length);
  }

  /** For so long, answers of one direction are lost, and nothing else is. */
  public void loseAnswers(ServerId from, ServerId to, Duration length) {
    begin(LinkTroubles.Kind.NO_ANSWERS, new Link(from, to), 1, length);
  }

  private void begin(LinkTroubles.Kind kind, Link link, long amount, Duration length) {
    troubles.begin(kind, link, amount, length);
    note(kind + " " + link + " for " + length);
  }

  /** Joins one direction again. */
  public void join(ServerId from, ServerId to) {
    cuts.remove(new Link(from, to));
    note("join " + from + " to " + to);
  }

  /** Joins all that was cut, and ends all else that is wrong with single links. */
  public void joinAll() {
    cuts.clear();
    troubles.endAll();
    cloggedUntil.clear();
    note("join all");
  }

  /** Frames given to the network so far. */
  public long sent() {
    return sent;
  }

  /** Frames that reached a living receiver so far; duplicates count twice. */
  public long delivered() {
    return delivered;
  }

  Transport transport(Incarnation home) {
    Map<ServerId, Path[]> fromHere = pathsFrom(home.server());
    return new Transport() {
      @Override
      public void send(ServerId to, Lane lane, byte[] frame) {
        world.checkTurn();
        if (home.alive()) {
          accept(path(fromHere, new Link(home.server(), to), lane), frame.clone());
        }
      }

      @Override
      public void listen(Receiver receiver) {
        world.checkTurn();
        home.listen(receiver);
      }
    };
  }

  private Map<ServerId, Path[]> pathsFrom(ServerId server) {
    return paths.computeIfAbsent(server, from -> new LinkedHashMap<>());
  }

  private static Path path(Map<ServerId, Path[]> fromHere, Link link, Transport.Lane lane) {
    return fromHere.computeIfAbsent(link.to, to -> Path.ofLink(link))[lane.ordinal()];
  }

  private void accept(Path path, byte[] frame) {
    sent++;
    Link link = path.link;
    if (link.from.equals(link.to)) {
      post(new InFlight(path, frame, sent, ""), LOOPBACK_NANOS);
      return;
    }
    if (troubles.swallows(link, frame)) {
      world.trace().line(world.queue().now(), () -> "lost " + path);
      return;
    }
    LinkConditions now = conditionsOf(path);
    if (random.chance(now.lossPerMillion(), LinkConditions.MILLION)) {
      faults.fired(LOSS);
      if (!cuts.contains(link) && world.receiver(link.to) != null) {
        faults.mattered(LOSS);
      }
      world.trace().line(world.queue().now(), () -> "lost " + path);
      return;
    }
    long late = troubles.late(link);
    if (late > 0) {
      post(new InFlight(path, frame, sent, LinkTroubles.Kind.LATE.text()), delay(now, 1) + late);
    } else if (random.chance(now.reorderPerMillion(), LinkConditions.MILLION)) {
      faults.fired(REORDER);
      post(new InFlight(path, frame, sent, REORDER), delay(now, 10));
    } else {
      post(new InFlight(path, frame, sent, ""), delay(now, 1) + troubles.more(link, frame.length));
    }
    if (random.chance(now.duplicatePerMillion(), LinkConditions.MILLION)) {
      faults.fired(DUPLICATE);
      post(new InFlight(path, frame.clone(), sent, DUPLICATE), delay(now, 10));
    }
  }

  private long delay(LinkConditions now, int timesJitter) {
    long jitter = SimulatedWorld.nanos(now.jitter()) * timesJitter;
    long extra = jitter == 0 ? 0 : Math.floorMod(random.nextLong(), jitter);
    return SimulatedWorld.nanos(now.latency()) + extra;
  }

  /**
   * A frame on its way.
   *
   * @param number counts all frames; a later one that has arrived before has overtaken this one
   * @param fault the kind of fault done to it, or empty
   */
  private record InFlight(Path path, byte[] frame, long number, String fault) {}

  private void post(InFlight flight, long delay) {
    long at = world.queue().now() + delay;
    long clogged = cloggedUntil.isEmpty() ? 0 : cloggedUntil.getOrDefault(flight.path.link, 0L);
    if (clogged > at) {
      at = clogged;
      faults.mattered(CLOG);
    }
    if (flight.fault.isEmpty()) {
      at = Math.max(at, flight.path.lastArrival + 1);
      flight.path.lastArrival = at;
    }
    world.queue().post(at - world.queue().now(), "arrival", null, () -> arrive(flight));
  }

  private void arrive(InFlight flight) {
    Path path = flight.path;
    world.queue().concernsOnly(path.link.to);
    Incarnation receiver = world.receiver(path.link.to);
    if (receiver == null) {
      return;
    }
    if (cuts.contains(path.link)) {
      faults.mattered("cut");
      return;
    }
    if (receiver.pausedUntil() > world.queue().now()) {
      long wait = receiver.pausedUntil() - world.queue().now();
      world.queue().post(wait, "arrival", null, () -> arrive(flight));
      return;
    }
    boolean overtaken = path.lastNumber > flight.number;
    if (flight.fault.equals(DUPLICATE) || (overtaken && !flight.fault.isEmpty())) {
      faults.mattered(flight.fault);
    }
    path.lastNumber = Math.max(path.lastNumber, flight.number);
    deliver(path, flight.frame, receiver);
  }

  /**
   * A process has ended and its machine goes on: the machine closes the connections, and the others
   * hear of it.
   */
  void closeConnections(ServerId of) {
    Map<ServerId, Path[]> fromHere = pathsFrom(of);
    for (ServerId other : world.servers()) {
      Link link = new Link(of, other);
      if (!other.equals(of) && takesFrames(other)) {
        long delay = delay(conditionsOf(path(fromHere, link, Transport.Lane.CONTROL)), 1);
        world.queue().post(delay, "connection lost", null, () -> connectionLost(link));
      }
    }
  }

  private boolean takesFrames(ServerId server) {
    Incarnation now = world.receiver(server);
    return now != null && now.receiver() != null;
  }

  private void connectionLost(Link link) {
    world.queue().concernsOnly(link.to);
    Incarnation hearing = world.receiver(link.to);
    Transport.Receiver taker = hearing == null ? null : hearing.receiver();
    if (taker != null && !cuts.contains(link)) {
      note(link.to + " loses its connection to " + link.from);
      taker.lost(link.from);
    }
  }

  private void deliver(Path path, byte[] frame, Incarnation receiver) {
    delivered++;
    CRC32C sum = new CRC32C();
    sum.update(frame);
    world.trace().add(sum.getValue() ^ path.link.from.value() << 40 ^ path.link.to.value() << 48);
    world
        .trace()
        .line(
            world.queue().now(),
            () ->
                "%s -> %s, %s: %s"
                    .formatted(path.link.from, path.link.to, path.lane, inWords.apply(frame)));
    Transport.Receiver taker = receiver.receiver();
    if (taker != null) {
      taker.receive(path.link.from, frame);
    }
  }

  private void note(String what) {
    world.trace().add(what);
    world.trace().line(world.queue().now(), () -> what);
  }

  /**
   * How long a frame takes at least from one server to another, for tests that count round trips.
   */
  public Duration latency(ServerId from, ServerId to) {
    return conditionsOf(new Link(from, to)).latency();
  }
}
