package io.meridiandb.paxos.core;

import static io.meridiandb.paxos.core.CoreFixture.G;
import static io.meridiandb.paxos.core.CoreFixture.at;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.meridiandb.kernel.check.InvariantViolation;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.time.TTInterval;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.paxos.Ballot;
import io.meridiandb.paxos.EntryKind;
import io.meridiandb.paxos.LogEntry;
import io.meridiandb.paxos.core.PaxosMessage.Accept;
import io.meridiandb.paxos.core.PaxosMessage.Fetch;
import io.meridiandb.paxos.core.PaxosMessage.Prepare;
import io.meridiandb.paxos.core.PaxosMessage.Suffix;
import io.meridiandb.paxos.log.LogRecord;
import io.meridiandb.paxos.log.OldPart;
import io.meridiandb.paxos.log.RecoveredGroup;
import io.meridiandb.paxos.log.RecoveredMembership;
import io.meridiandb.paxos.membership.Configuration;
import io.meridiandb.paxos.membership.ReplicaSet;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** A log keeps few of the chosen entries in memory, and reads the others back from the disk. */
final class OldEntriesTest {
  private static final ServerId OTHER = new ServerId(2);
  private static final Ballot FIRST = new Ballot(1, OTHER, 1);
  private static final Ballot SECOND = new Ballot(2, OTHER, 1);
  private static final ReplicaSet THREE =
      ReplicaSet.ofFull(List.of(new ServerId(1), OTHER, new ServerId(3)));
  private static final TTInterval NOW = at(new Timestamp(1_000_000_000_000L));

  /** Each entry costs a hundred bytes. */
  private static LogEntry entry(long index, Ballot ballot) {
    ByteString payload = ByteString.copyFrom(new byte[100 - LogEntry.OVERHEAD_BYTES]);
    return new LogEntry(index, ballot, EntryKind.COMMAND, new Timestamp(index), payload);
  }

  private static List<LogEntry> entries(long from, long to) {
    return LongStream.rangeClosed(from, to).mapToObj(i -> entry(i, FIRST)).toList();
  }

  private static GroupLog log(long entries) {
    GroupLog log = new GroupLog(RecoveredGroup.empty(G), Configuration.of(THREE));
    entries(1, entries).forEach(log::append);
    return log;
  }

  @Test
  void exactlyTheLimitStaysAndOneMoreMakesRoomForAnEighth() {
    GroupLog log = log(16);
    log.letGo(16, 1_600);
    assertThat(log.lastOld()).as("exactly the limit").isZero();
    log.append(entry(17, FIRST));
    log.letGo(17, 1_600);
    assertThat(log.lastOld()).isEqualTo(3);
    assertThat(log.bytesInMemory()).isEqualTo(1_400);
    assertThat(log.bytes()).as("on the disk they still are").isEqualTo(1_700);
    assertThat(log.here(3)).isFalse();
    assertThat(log.holds(3)).isTrue();
    assertThat(log.here(4)).isTrue();
  }

  /** Protocol G5: what is not chosen may be stamped anew, or cut. */
  @Test
  void whatIsNotKnownToBeChosenStays() {
    GroupLog log = log(10);
    log.letGo(4, 0);
    assertThat(log.lastOld()).isEqualTo(4);
    log.restamp(5, 10, SECOND);
    log.cutSuffix(6);
    log.letGo(6, 0);
    assertThat(log.lastIndex()).isEqualTo(6);
    assertThat(log.lastBallot()).isEqualTo(SECOND);
    log.append(entry(7, SECOND));
    assertThat(log.bytesInMemory()).isEqualTo(100);
  }

  @Test
  void aLogIsCutAmongOldEntriesToo() {
    GroupLog log = log(4);
    for (long i = 5; i <= 2_000; i++) {
      log.append(entry(i, i < 1_000 ? FIRST : SECOND));
    }
    log.letGo(1_999, 0);
    log.cutPrefix(500);
    assertThat(log.baseBallot()).isEqualTo(FIRST);
    assertThat(log.bytes()).isBetween(150_000L, 150_000L + OldEntries.MARK_BYTES);
    log.cutPrefix(999);
    assertThat(log.baseBallot()).isEqualTo(FIRST);
    log.cutPrefix(1_000);
    assertThat(log.baseBallot()).isEqualTo(SECOND);
    log.cutPrefix(1_999);
    assertThat(log.baseBallot()).isEqualTo(SECOND);
    assertThat(log.bytes()).as("exact again").isEqualTo(100);
    log.cutPrefix(2_000);
    assertThat(log.bytes()).isZero();
  }

  /** A full replica with a checkpoint at 5; entries up to 5 are on the disk only. */
  private static PaxosCore core() {
    RecoveredGroup found = new RecoveredGroup(G, FIRST, 0, Ballot.ZERO, 5, entries(1, 6));
    PaxosCore core = new CoreFixture(1, NOW).core(THREE, found, 5);
    core.step(new PaxosInput.Tick(NOW, Timestamp.MIN, true, 0, false));
    assertThat(core.entry(5)).isNull();
    assertThat(core.entry(6)).isNotNull();
    core.step(new PaxosInput.Deliver(NOW, OTHER, new Prepare(SECOND)));
    PaxosEffects asked = core.step(new PaxosInput.Deliver(NOW, OTHER, new Fetch(SECOND, 2)));
    assertThat(asked.sendAfterPersist()).as("not before it is read").isEmpty();
    assertThat(asked.signals()).containsExactly(new Signal.ReadEntries(2, 5, OldReads.BYTES_MAX));
    return core;
  }

  @Test
  void aCandidateGetsWhatIsReadBackAndAllThatFollows() {
    PaxosEffects read = core().step(new PaxosInput.EntriesRead(NOW, 2, entries(2, 5)));
    assertThat(read.sendAfterPersist())
        .singleElement()
        .isEqualTo(new PaxosEffects.Outgoing(OTHER, new Suffix(SECOND, 2, entries(2, 6))));
  }

  /** A start that has left chosen entries on the disk goes on as if they had left memory. */
  @Test
  void whatAStartHasLeftOnTheDiskIsReadToBeApplied() {
    OldPart left =
        new OldPart(
            List.of(
                new OldPart.Piece(1, 2, FIRST, 200),
                new OldPart.Piece(3, 4, FIRST, OldEntries.MARK_BYTES)),
            NOW.latest(),
            List.of());
    RecoveredGroup found =
        new RecoveredGroup(
            G, FIRST, 0, Ballot.ZERO, 5, left, entries(5, 6), RecoveredMembership.NONE);
    PaxosCore core = new CoreFixture(1, NOW).core(THREE, found, 1);
    assertThat(core.lastIndex()).isEqualTo(6);
    assertThat(core.entry(4)).isNull();
    PaxosEffects asked = core.step(new PaxosInput.BecomeKind(NOW, true, 1));
    assertThat(asked.signals()).containsExactly(new Signal.ReadEntries(2, 4, OldReads.BYTES_MAX));
    assertThat(core.step(new PaxosInput.EntriesRead(NOW, 2, entries(2, 4))).chosen())
        .containsExactlyElementsOf(entries(2, 5));
  }

  @Test
  void onePartIsReadAtATime() {
    PaxosCore core = core();
    assertThat(core.step(new PaxosInput.Deliver(NOW, OTHER, new Fetch(SECOND, 3))).signals())
        .isEmpty();
    assertThat(core.step(new PaxosInput.EntriesRead(NOW, 2, entries(2, 2))).signals())
        .containsExactly(new Signal.ReadEntries(3, 5, OldReads.BYTES_MAX));
  }

  /** Whether the disk still gave them or not: the candidate is told that it needs an image. */
  @Test
  void whatIsCutWhileItIsReadHasGone() {
    for (List<LogEntry> found : List.of(entries(2, 5), List.<LogEntry>of())) {
      PaxosCore core = core();
      core.step(new PaxosInput.Deliver(NOW, OTHER, new Accept(SECOND, 6, 0, List.of(), 0, 5)));
      assertThat(core.baseIndex()).isEqualTo(4);
      assertThat(core.step(new PaxosInput.EntriesRead(NOW, 2, found)).sendAfterPersist())
          .singleElement()
          .isEqualTo(new PaxosEffects.Outgoing(OTHER, new Suffix(SECOND, 2, List.of())));
    }
  }

  @Test
  void aLogThatHasLostWhatItHeldStopsTheGroup() {
    assertThatThrownBy(() -> core().step(new PaxosInput.EntriesRead(NOW, 2, List.of())))
        .isInstanceOf(InvariantViolation.class)
        .hasMessageContaining("entry 2");
  }

  /** Protocol G4: a leader serves only what its state machine has. */
  @Test
  void aLeaderServesOnlyWhenItsOwnEntriesHaveBeenReadBack() {
    ReplicaSet alone = ReplicaSet.ofFull(List.of(new ServerId(1)));
    RecoveredGroup found = new RecoveredGroup(G, FIRST, 0, Ballot.ZERO, 3, entries(1, 3));
    CoreFixture server = new CoreFixture(1, NOW);
    PaxosCore core = server.core(alone, found, 0);
    core.step(new PaxosInput.Tick(NOW, Timestamp.MIN, true, 0, false));
    PaxosEffects asked = core.step(new PaxosInput.BecomeKind(NOW, true, 0));
    assertThat(asked.signals()).containsExactly(new Signal.ReadEntries(1, 3, OldReads.BYTES_MAX));
    TTInterval later = at(NOW.latest().plusNanos(400_000_000));
    core.step(tick(NOW));
    PaxosEffects campaign = core.step(tick(later));
    PaxosEffects elected = core.step(new PaxosInput.Durable(later, campaign.point()));
    for (int i = 0; i < 2; i++) {
      server.holder.onReply(
          server.self.server(),
          server.voter.onRequest(server.holder.request(server.self.server(), later), later));
    }
    PaxosEffects chosen = core.step(new PaxosInput.Durable(later, elected.point()));
    assertThat(core.commitIndex()).isEqualTo(4);
    assertThat(chosen.chosen()).isEmpty();
    assertThat(core.serving()).as("without its state").isFalse();
    PaxosEffects read = core.step(new PaxosInput.EntriesRead(later, 1, entries(1, 3)));
    assertThat(read.chosen()).hasSize(3);
    assertThat(core.step(new PaxosInput.EntriesRead(later, 4, List.of(read(elected)))).chosen())
        .hasSize(1);
    core.step(tick(later));
    assertThat(core.serving()).isTrue();
  }

  private static PaxosInput tick(TTInterval now) {
    return new PaxosInput.Tick(now, Timestamp.MIN, true, 0, false);
  }

  /** What the log would give back of the entry that this step has appended. */
  private static LogEntry read(PaxosEffects effects) {
    return effects.persist().stream()
        .filter(record -> record instanceof LogRecord.Append)
        .map(record -> ((LogRecord.Append) record).entry())
        .findFirst()
        .orElseThrow();
  }
}
