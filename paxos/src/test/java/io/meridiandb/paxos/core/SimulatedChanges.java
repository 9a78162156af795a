package io.meridiandb.paxos.core;

import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.paxos.EntryKind;
import io.meridiandb.paxos.LogEntry;
import io.meridiandb.paxos.log.LogRecord;
import io.meridiandb.paxos.membership.Configuration;
import io.meridiandb.paxos.membership.ReplicaSet;
import io.meridiandb.paxos.membership.ReplicaSet.Kind;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;

/** Changes of members and images in the simulation: what a server's driver and an operator do. */
final class SimulatedChanges {
  private final PaxosSimulation world;
  private final Random random;
  private final Map<GroupId, Configuration> latest = new TreeMap<>();
  private final Map<GroupId, Long> latestIndex = new TreeMap<>();
  private final Map<GroupId, Set<String>> everChosen = new TreeMap<>();
  private final Set<GroupId> done = new HashSet<>();
  private final Set<String> imagesUnderWay = new HashSet<>();

  SimulatedChanges(PaxosSimulation world, Random random) {
    this.world = world;
    this.random = random;
  }

  /** The members, as the last chosen configuration says. */
  ReplicaSet members(GroupId group) {
    return latest.getOrDefault(group, Configuration.of(world.initial)).target();
  }

  void checkSettled(GroupId group) {
    Configuration last = latest.get(group);
    if (last != null && last.joint()) {
      throw new AssertionError(group + " is still joint: " + last + world);
    }
  }

  /** A server learns that an entry is chosen. */
  void chosen(SimulatedServer by, GroupId group, LogEntry entry) {
    if (entry.kind() != EntryKind.CONFIGURATION) {
      return;
    }
    Configuration now = Configuration.decode(entry.payload());
    everChosen.computeIfAbsent(group, g -> new HashSet<>()).add(now.toString());
    if (entry.index() > latestIndex.getOrDefault(group, 0L)) {
      latestIndex.put(group, entry.index());
      latest.put(group, now);
      done.remove(group);
    }
    boolean settled = entry.index() <= by.dataSettled.getOrDefault(group, 0L);
    if (!settled && !now.joint() && now.target().kindOf(by.id) == Kind.WITNESS) {
      by.dataSettled.put(group, entry.index());
      if (random.nextBoolean()) {
        by.becomesWitness.add(group);
        world.witnesses++;
      }
    }
  }

  private static boolean alive(SimulatedServer server, long incarnation) {
    return server.up && server.incarnation == incarnation;
  }

  /** A server believes that it is no member: these must have been chosen at some time. */
  void told(SimulatedServer server, GroupId group, Configuration members) {
    world.removalsTold++;
    boolean chosen =
        members.equals(Configuration.of(world.initial))
            || everChosen.getOrDefault(group, Set.of()).contains(members.toString());
    if (!chosen || members.members().contains(server.id)) {
      throw new AssertionError(
          "%s of %s believes that it was removed by %s, which was never chosen"
              .formatted(server.id, group, members));
    }
  }

  /** An operator wants other members, or clears a replica away that is none any more. */
  void somethingChanges(SimulatedServer one, GroupId group) {
    if (one.leadsNow(group)) {
      ReplicaSet target = anySet();
      for (SimulatedServer server : world.servers) {
        Kind kind = target.kindOf(server.id);
        if (server.up && kind != null && kind != Kind.WITNESS) {
          server.become(group, true);
        }
      }
      done.remove(group);
      world.table.fired("members");
      one.run(group, new PaxosInput.ChangeMembers(one.now(), target));
    } else if (done.contains(group)
        && members(group).kindOf(one.id) == null
        && world.servers.stream().noneMatch(server -> mayNeed(server, group, one.id))) {
      one.replace(group);
    }
  }

  /** The leader has said so; but an operator does not clear away what he is adding just now. */
  void dispensable(SimulatedServer server, GroupId group) {
    world.table.fired("dispensable");
    boolean needed = members(group).kindOf(server.id) != null;
    if (!needed && world.servers.stream().noneMatch(each -> mayNeed(each, group, server.id))) {
      world.table.mattered("dispensable");
      server.replace(group);
    }
  }

  /** Whether the server might be adding {@code id}: an operator knows what he has asked for. */
  private static boolean mayNeed(SimulatedServer server, GroupId group, ServerId id) {
    SimulatedServer.Member member = server.members.get(group);
    return member == null
        || member.core.members().members().contains(id)
        || member.core.sendsTo(id);
  }

  /** The leader says that the change is remembered: only now may replicas be cleared away. */
  void done(GroupId group, ReplicaSet target) {
    if (Configuration.of(target).equals(latest.get(group))) {
      done.add(group);
    }
    world.changes++;
  }

  private ReplicaSet anySet() {
    List<ServerId> servers = new ArrayList<>(world.ids);
    Collections.shuffle(servers, random);
    int full = 1 + random.nextInt(3);
    int witnesses = random.nextInt(Math.min(full, servers.size() - full) + 1);
    int readOnly = random.nextInt(servers.size() - full - witnesses + 1);
    return ReplicaSet.of(
        servers.subList(0, full),
        servers.subList(full, full + witnesses),
        servers.subList(full + witnesses, full + witnesses + readOnly));
  }

  /** {@code server} needs an image: it gets one from anybody who has the data, some time later. */
  void image(GroupId group, ServerId server) {
    SimulatedServer to = world.servers.get((int) server.value() - 1);
    if (!to.up || !imagesUnderWay.add(group + "/" + server)) {
      return;
    }
    long incarnation = to.incarnation;
    world.at(
        random.nextLong(5, 300) * PaxosSimulation.MILLI,
        () -> {
          imagesUnderWay.remove(group + "/" + server);
          if (alive(to, incarnation)) {
            head(group, to);
          }
        });
  }

  private void head(GroupId group, SimulatedServer to) {
    SimulatedServer from = world.servers.get(random.nextInt(world.servers.size()));
    PaxosCore target = to.members.get(group).core;
    boolean data = to.machines.get(group) >= 0;
    if (!from.up || from == to) {
      return;
    }
    PaxosCore source = from.members.get(group).core;
    long index = data ? from.machines.get(group) : source.witnessStart();
    LogEntry entry = from.entry(group, index);
    if (entry == null || index <= to.members.get(group).applied || index < target.baseIndex()) {
      return;
    }
    Configuration members = source.membersAt(index);
    to.run(group, new PaxosInput.ImageComing(to.now(), entry, members));
    to.disk.get(group).replay(new LogRecord.Members(group, index, members.encode()));
    world.table.fired("image");
    long incarnation = to.incarnation;
    world.at(
        random.nextLong(1, 200) * PaxosSimulation.MILLI,
        () -> {
          if (alive(to, incarnation)) {
            take(group, to, entry, data);
          }
        });
  }

  private void take(GroupId group, SimulatedServer to, LogEntry entry, boolean data) {
    if (!to.unforced.isEmpty()) { // the image takes effect once the log has forced all before it
      long incarnation = to.incarnation;
      world.at(
          PaxosSimulation.MILLI,
          () -> {
            if (alive(to, incarnation)) {
              take(group, to, entry, data);
            }
          });
      return;
    }
    SimulatedServer.Member member = to.members.get(group);
    boolean still = data == (to.machines.get(group) >= 0);
    if (!still || entry.index() <= member.applied || entry.index() < member.core.baseIndex()) {
      return;
    }
    if (data) {
      to.machines.put(group, entry.index());
    }
    if (random.nextInt(4) == 0) {
      to.crash(0);
      world.at(random.nextLong(10, 2000) * PaxosSimulation.MILLI, () -> world.restart(to));
      return;
    }
    member.applied = entry.index();
    world.table.mattered("image");
    world.installs++;
    to.run(group, new PaxosInput.ImageInstalled(to.now(), entry));
  }
}
