package io.meridiandb.paxos.log;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.meridiandb.kernel.RandomSource;
import io.meridiandb.kernel.SeededRandom;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.paxos.Ballot;
import io.meridiandb.paxos.EntryKind;
import io.meridiandb.paxos.LogEntry;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** An index says of each entry where it stands, and costs little for those that memory has not. */
class EntryIndexTest {
  private static final int STEPS = 20_000;

  private static Ballot ballot(long round) {
    return new Ballot(round, new ServerId(1), 1);
  }

  private static LogEntry entry(long index, long round, int bytes) {
    ByteString payload = ByteString.copyFrom(new byte[bytes]);
    return new LogEntry(index, ballot(round), EntryKind.COMMAND, new Timestamp(index), payload);
  }

  /** Does the same to an index and to a map of all that it must say. */
  private static final class Model {
    record Said(Ballot ballot, int payloadBytes, Frame.Position position) {}

    final RandomSource random;
    final NavigableMap<Long, Said> said = new TreeMap<>();
    final Deque<EntryIndex.Slot> inMemory = new ArrayDeque<>();
    final EntryIndex index;
    long base;
    long round = 1;
    long bytesWritten;

    Model(long seed) {
      random = new SeededRandom(seed);
      base = random.nextInt(5);
      index = new EntryIndex(base);
      for (int i = random.nextInt(3_000); i > 0; i--) {
        LogEntry found = entry(last() + 1, round += random.nextInt(100) / 99, random.nextInt(9));
        Frame.Position position = nextPosition();
        index.recover(found, position);
        said.put(last() + 1, new Said(found.ballot(), found.payload().size(), position));
      }
    }

    long last() {
      return said.isEmpty() ? base : said.lastKey();
    }

    private long some() {
      return base + random.nextInt((int) (last() - base) + 1);
    }

    private Frame.Position nextPosition() {
      bytesWritten += 100;
      return new Frame.Position(1 + bytesWritten / 50_000, (int) (bytesWritten % 50_000), 100);
    }

    void step() {
      switch (random.nextInt(400)) {
        case 0 -> restamp();
        case 1 -> {
          long kept = Math.max(some(), last() - random.nextInt(1_500));
          index.cutSuffix(kept);
          said.tailMap(kept, false).clear();
        }
        case 2 -> {
          long dropped = some() + (random.nextInt(20) == 0 ? 5_000 : 0);
          index.cutPrefix(dropped);
          said.headMap(dropped, true).clear();
          base = Math.max(base, dropped);
        }
        default -> append();
      }
      while (inMemory.size() > 300) {
        index.leavesMemory(inMemory.removeFirst());
      }
    }

    private void restamp() {
      if (last() > base) {
        long from = Math.max(base + 1, last() - random.nextInt(2_000));
        long to = from + random.nextInt((int) (last() - from) + 1);
        Ballot ballot = ballot(++round);
        index.restamp(ballot, from, to);
        said.subMap(from, true, to, true)
            .replaceAll((at, old) -> new Said(ballot, old.payloadBytes, old.position));
      }
    }

    private void append() {
      LogEntry next = entry(last() + 1, round, random.nextInt(9));
      EntryIndex.Slot slot = index.append(next);
      slot.position = nextPosition();
      inMemory.addLast(slot);
      said.put(next.index(), new Said(next.ballot(), next.payload().size(), slot.position));
    }

    void check() {
      assertThat(index.lastIndex()).isEqualTo(last());
      List<Said> all = new ArrayList<>();
      long next = base + 1;
      for (EntryIndex.Slot slot : index.range(base + 1, Long.MAX_VALUE)) {
        assertThat(slot.index).isEqualTo(next++);
        all.add(new Said(slot.ballot, slot.payloadBytes, slot.position));
      }
      assertThat(all).isEqualTo(List.copyOf(said.values()));
      assertThat(index.range(base, base + 1)).isEmpty();
    }
  }

  @Test
  void itSaysTheSameWhereverTheEntriesAre() {
    for (long seed = 1; seed <= 10; seed++) {
      Model model = new Model(seed);
      for (int step = 0; step < STEPS / 10; step++) {
        model.step();
        if (step % 100 == 0) {
          model.check();
        }
      }
      model.check();
    }
  }

  /** A witness keeps what an absent replica lacks, however much it is (protocol G26). */
  @Test
  void whatHasLeftMemoryHasNoSlot() {
    EntryIndex index = new EntryIndex(0);
    for (long i = 1; i <= STEPS; i++) {
      EntryIndex.Slot slot = index.append(entry(i, 1, 5));
      slot.position = new Frame.Position(1, (int) i, 40);
      index.leavesMemory(slot);
      assertThat(index.slotCount()).isLessThan(EntryIndex.SETTLED_TOGETHER);
    }
  }
}
