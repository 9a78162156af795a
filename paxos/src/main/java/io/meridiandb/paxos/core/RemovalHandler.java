package io.meridiandb.paxos.core;

import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.paxos.core.PaxosMessage.Removed;
import io.meridiandb.paxos.core.Role.Candidate;
import io.meridiandb.paxos.core.Role.Candidate.Phase;
import io.meridiandb.paxos.core.Role.Follower;
import io.meridiandb.paxos.core.Role.Leader;
import io.meridiandb.paxos.log.LogRecord;
import io.meridiandb.paxos.membership.Configuration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * A member that was removed while it was away, and comes back: its own log still names it, nobody
 * sends it anything, and it would ask for votes for ever. Whoever it asks, and knows better, says
 * so.
 *
 * <p>What is said is a fact about the chosen log: <i>entries up to this index are chosen, and the
 * configuration in force there has no place for you</i>. A fact stays true, so it does not matter
 * how late it comes or from whom; but it may be overtaken. Therefore:
 *
 * <ul>
 *   <li>nobody says it who has any later entry, chosen or not, that names the one who asks, nor by
 *       a configuration that is not chosen (it may never be: attack 7 the other way round);
 *   <li>nobody believes it whose own log reaches further, knows a configuration from a later entry,
 *       or who has heard a leader within a lease: it may be about to be added again.
 * </ul>
 *
 * Who believes it takes the configuration into its log, as with an image (protocol G6, G25),
 * campaigns no more, and goes on voting: until the change is remembered by enough of the others,
 * some of them may still need it. If it is added again the leader sends it the log as to any new
 * member.
 */
final class RemovalHandler {
  private final CoreState s;
  private final RoleTransitions roles;

  RemovalHandler(CoreState state, RoleTransitions roles) {
    this.s = state;
    this.roles = roles;
  }

  /** {@code asking} wants something that only members want. */
  void answer(ServerId asking) {
    ConfigurationStack known = s.log.configurations();
    Map.Entry<Long, Configuration> chosen = known.at(s.commit);
    boolean member =
        known.from(s.commit).stream().anyMatch(each -> each.members().contains(asking));
    boolean joins = s.role instanceof Leader leader && leader.followers.containsKey(asking);
    // What a replica was opened with is not said by any entry.
    if (!member && !joins && chosen.getKey() > 0) {
      long upTo = Math.max(s.commit, chosen.getKey());
      s.send(asking, new Removed(upTo, chosen.getValue()));
    }
  }

  void onRemoved(Removed message) {
    boolean asks =
        switch (s.role) {
          case Follower follower -> true;
          case Candidate candidate -> candidate.phase == Phase.PRE_VOTE;
          case Leader leader -> false;
        };
    boolean leaderless = s.passed(s.heardAt.plus(s.setting.config().lease().length()));
    boolean news =
        message.chosen() > s.commit && message.chosen() >= s.log.configurations().currentIndex();
    if (s.removed
        || !asks
        || !leaderless
        || !news
        || message.members().members().contains(s.self())) {
      return;
    }
    s.removed = true;
    s.log.configurations().install(message.chosen(), message.members());
    s.noteKind(message.members());
    s.persist(new LogRecord.Members(s.group(), message.chosen(), message.members().encode()));
    if (s.role instanceof Candidate) {
      roles.becomeFollower(null);
    }
    s.signal(new Signal.Removed(message.members()));
  }

  /**
   * A replica that never campaigns would never ask: one of the others, in turn, is asked for it.
   */
  void askInTurn() {
    SortedSet<ServerId> others = new TreeSet<>();
    s.log.configurations().from(s.commit).forEach(each -> others.addAll(each.members()));
    others.remove(s.self());
    if (!others.isEmpty()) {
      List<ServerId> all = new ArrayList<>(others);
      ServerId next = all.get(Math.floorMod(s.askedInTurn++, all.size()));
      s.send(next, new PaxosMessage.Inquiry(s.voter.promised(s.group()), s.commit));
    }
  }
}
