package io.meridiandb.paxos.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.meridiandb.kernel.SeededRandom;
import io.meridiandb.kernel.id.GroupId;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.paxos.Ballot;
import io.meridiandb.paxos.EntryKind;
import io.meridiandb.paxos.LogEntry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** A start finds every entry of a log, and keeps only some of them in memory. */
class RecoveredEntriesTest {
  private static final GroupId G = new GroupId(3);
  private static final int STEPS = 3_000;
  private static final int PAYLOAD_BYTES = 1_000;
  private static final int BYTES_MAX = 40 * PAYLOAD_BYTES;

  private static Ballot ballot(long round) {
    return new Ballot(round, new ServerId(1), 1);
  }

  /** Does the same to what is tested and to a map of all entries. */
  private static final class Model {
    final SeededRandom random;
    final NavigableMap<Long, LogEntry> all = new TreeMap<>();
    final RecoveredEntries recovered = new RecoveredEntries(BYTES_MAX);
    long base;
    long chosen;
    long round = 1;
    long at;

    Model(long seed) {
      random = new SeededRandom(seed);
    }

    long last() {
      return all.isEmpty() ? base : all.lastKey();
    }

    void meet(LogRecord... records) {
      at += 100;
      recovered.apply(List.of(records), new Frame.Position(1, (int) at, 100));
    }

    void step() {
      switch (random.nextInt(20)) {
        case 0 -> {
          chosen += random.nextInt((int) (last() - chosen) + 1);
          meet(new LogRecord.Commit(G, chosen));
        }
        case 1 -> {
          long lastKept = chosen + random.nextInt((int) (last() - chosen) + 1);
          all.tailMap(lastKept, false).clear();
          meet(new LogRecord.CutSuffix(G, lastKept));
        }
        case 2 -> restamp();
        case 3 -> {
          if (random.chance(1, 50)) {
            base = base + random.nextInt((int) (chosen - base) + 1);
            all.headMap(base, true).clear();
            meet(new LogRecord.CutPrefix(G, base, ballot(round)));
          }
        }
        default -> append();
      }
    }

    private void restamp() {
      if (last() > chosen) {
        long from = chosen + 1 + random.nextInt((int) (last() - chosen));
        round++;
        all.tailMap(from, true).replaceAll((index, entry) -> entry.stamped(ballot(round)));
        meet(new LogRecord.Restamp(G, ballot(round), from, last()));
      }
    }

    private void append() {
      EntryKind kind = random.chance(1, 50) ? EntryKind.CONFIGURATION : EntryKind.COMMAND;
      ByteString payload = ByteString.copyFrom(new byte[random.nextInt(PAYLOAD_BYTES)]);
      Timestamp timestamp = new Timestamp(last() + 1);
      LogEntry entry = new LogEntry(last() + 1, ballot(round), kind, timestamp, payload);
      all.put(entry.index(), entry);
      meet(new LogRecord.Append(G, entry));
    }

    void compare() {
      EntryIndex index = recovered.index(G, base);
      OldPart old = recovered.old(G);
      List<LogEntry> inMemory = recovered.inMemory(G);
      long lastOld = old.last(base);
      assertThat(inMemory).containsExactlyElementsOf(all.tailMap(lastOld, false).values());
      assertThat(lastOld).isLessThanOrEqualTo(chosen);
      assertThat(old.configurations())
          .containsExactlyElementsOf(
              all.headMap(lastOld, true).values().stream()
                  .filter(entry -> entry.kind() == EntryKind.CONFIGURATION)
                  .toList());
      all.headMap(lastOld, true)
          .values()
          .forEach(entry -> assertThat(old.highest()).isGreaterThanOrEqualTo(entry.timestamp()));
      comparePieces(old);
      assertThat(index.baseIndex()).isEqualTo(base);
      assertThat(index.lastIndex()).isEqualTo(last());
      for (LogEntry entry : all.values()) {
        EntryIndex.Slot slot = index.slot(entry.index());
        assertThat(slot.ballot).isEqualTo(entry.ballot());
        assertThat(slot.payloadBytes).isEqualTo(entry.payload().size());
      }
      long unchosen = all.tailMap(chosen, false).values().stream().mapToLong(LogEntry::bytes).sum();
      assertThat(inMemory.stream().mapToLong(LogEntry::bytes).sum())
          .isLessThan(unchosen + 2 * BYTES_MAX);
    }

    private void comparePieces(OldPart old) {
      long next = base + 1;
      for (OldPart.Piece piece : old.pieces()) {
        assertThat(piece.first()).isEqualTo(next);
        Map<Long, LogEntry> within = all.subMap(piece.first(), true, piece.last(), true);
        assertThat(within.values()).allMatch(entry -> entry.ballot().equals(piece.ballot()));
        assertThat(piece.bytes())
            .isEqualTo(within.values().stream().mapToLong(LogEntry::bytes).sum());
        next = piece.last() + 1;
      }
    }
  }

  @Test
  void whatIsOnTheDiskOnlyIsChosenAndKnownAndTheRestIsInMemory() {
    long old = 0;
    for (long seed = 0; seed < 8; seed++) {
      Model model = new Model(seed);
      for (int i = 0; i < STEPS; i++) {
        model.step();
      }
      model.compare();
      old += model.recovered.old(G).last(model.base) - model.base;
    }
    assertThat(old).as("entries left on the disk").isGreaterThan(1_000);
  }

  @Test
  void aHoleMustLieBehindACheckpoint() {
    List<LogRecord> records = new ArrayList<>();
    for (long index : List.of(1L, 2L, 7L, 8L)) {
      records.add(
          new LogRecord.Append(
              G,
              new LogEntry(
                  index,
                  ballot(1),
                  EntryKind.COMMAND,
                  new Timestamp(index),
                  ByteString.copyFromUtf8("x"))));
    }
    RecoveredEntries recovered = new RecoveredEntries(BYTES_MAX);
    recovered.apply(records, new Frame.Position(1, 0, 100));
    assertThat(recovered.index(G, 6).lastIndex()).isEqualTo(8);
    assertThatThrownBy(() -> recovered.index(G, 5))
        .isInstanceOf(LogDamagedException.class)
        .hasMessageContaining("entry 6 of " + G + " is missing")
        .hasMessageContaining("entry 7 is the first that follows");
  }
}
