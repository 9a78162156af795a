package io.meridiandb.paxos.core;

import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.paxos.core.PaxosMessage.MembersChosen;
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
 * Tells replicas who the members are that have missed it while they were away: they would ask for
 * the votes of servers that have left, or that are dead, for ever. One that was removed comes back;
 * or the change is remembered by a quorum of the new members, but nobody of it that is alive may
 * lead, and who may lead waits for members that are none any more. Whoever is asked, and knows
 * better, says so.
 *
 * <p>What is said is a fact about the chosen log: <i>entries up to this index are chosen, and this
 * is the configuration in force there</i>. A fact stays true, so it does not matter how late it
 * comes or from whom; but it may be overtaken. Therefore:
 *
 * <ul>
 *   <li>nobody says it by a configuration that is not chosen (it may never be: attack 7 the other
 *       way round); nor to one whom it has no place for, but whom any later entry, chosen or not,
 *       names;
 *   <li>nobody believes it whose own log reaches further, knows a configuration from a later entry,
 *       or who has heard a leader within a lease: it will hear all from there, or may be about to
 *       be added again.
 * </ul>
 *
 * Who believes it takes the configuration into its log, as with an image (protocol G6, G25). If it
 * is no member it campaigns no more, and goes on voting: until the change is remembered by enough
 * of the others, some of them may still need it. So it goes on asking, until the leader says that
 * nobody needs it: only a leader with a lease knows whom it is adding, and who remembers what. If
 * it is added again the leader sends it the log as to any new member.
 */
final class MembersNewsHandler {
  private final CoreState s;
  private final RoleTransitions roles;
  private final MembershipHandler members;

  MembersNewsHandler(CoreState state, RoleTransitions roles, MembershipHandler members) {
    this.s = state;
    this.roles = roles;
    this.members = members;
  }

  /** {@code asking} wants something that only members want: is it one? */
  void answer(ServerId asking) {
    answer(asking, Long.MAX_VALUE);
  }

  /** The same; it does not know of chosen entries after {@code known}. */
  void answer(ServerId asking, long known) {
    ConfigurationStack here = s.log.configurations();
    Map.Entry<Long, Configuration> chosen = here.at(s.commit);
    boolean member = here.from(s.commit).stream().anyMatch(each -> each.members().contains(asking));
    boolean joins = s.role instanceof Leader leader && leader.followers.containsKey(asking);
    boolean news = member ? known < chosen.getKey() : !joins;
    // What a replica was opened with is not said by any entry.
    if (news && chosen.getKey() > 0) {
      long upTo = Math.max(s.commit, chosen.getKey());
      boolean dispensable = s.role instanceof Leader leader && members.dispensable(leader, asking);
      s.send(asking, new MembersChosen(upTo, chosen.getValue(), dispensable));
    }
  }

  /** {@code knowing} knows that entries up to {@code chosen} are: does it know other members? */
  void ask(ServerId knowing, long chosen) {
    if (chosen > s.commit && leaderless()) {
      s.send(knowing, new PaxosMessage.Inquiry(s.voter.promised(s.group()), s.commit));
    }
  }

  private boolean leaderless() {
    return s.passed(s.heardAt.plus(s.setting.config().lease().length()));
  }

  void onMembersChosen(MembersChosen message) {
    believe(message);
    boolean overtaken = message.chosen() < s.commit; // it is being added again since that was said
    if (message.dispensable() && !overtaken && left() && leaderless() && s.log.lastIndex() > 0) {
      s.signal(new Signal.Dispensable());
    }
  }

  /**
   * Whether it is no member as far as it knows. One without any entry was opened to become one, and
   * its leader may not know that yet.
   */
  boolean left() {
    boolean named =
        s.log.configurations().from(s.commit).stream()
            .anyMatch(each -> each.members().contains(s.self()));
    return !named && s.log.configurations().currentIndex() > 0;
  }

  private void believe(MembersChosen message) {
    boolean asks =
        switch (s.role) {
          case Follower follower -> true;
          case Candidate candidate -> candidate.phase == Phase.PRE_VOTE;
          case Leader leader -> false;
        };
    boolean news =
        message.chosen() > s.commit && message.chosen() >= s.log.configurations().currentIndex();
    boolean known =
        s.removed || s.log.configurations().from(s.commit).equals(List.of(message.members()));
    if (!asks || !leaderless() || !news || known) {
      return;
    }
    s.log.configurations().install(message.chosen(), message.members());
    s.noteKind(message.members());
    s.persist(new LogRecord.Members(s.group(), message.chosen(), message.members().encode()));
    if (s.role instanceof Candidate) {
      roles.becomeFollower(null); // and asks those whom it knows now
    }
    if (!message.members().members().contains(s.self())) {
      s.removed = true;
      s.signal(new Signal.Removed(message.members()));
    }
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
