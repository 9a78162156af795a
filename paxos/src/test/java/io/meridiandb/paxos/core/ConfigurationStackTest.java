package io.meridiandb.paxos.core;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.paxos.Ballot;
import io.meridiandb.paxos.log.RecoveredMembership;
import io.meridiandb.paxos.membership.Configuration;
import io.meridiandb.paxos.membership.ReplicaSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Protocol G6: the last configuration in the log is in force, however the log is cut. */
class ConfigurationStackTest {
  private final Random random = new Random(3);

  /** What the stack must say, worked out anew each time. */
  private final TreeMap<Long, Configuration> model = new TreeMap<>();

  private static Configuration members(long server) {
    return Configuration.of(ReplicaSet.ofFull(List.of(new ServerId(server))));
  }

  @Test
  void whatIsKeptOfTheLastOneNeverHidesAChange() {
    ConfigurationStack stack =
        new ConfigurationStack(
            new RecoveredMembership(0, ByteString.EMPTY, Ballot.ZERO, 0), members(1));
    model.put(0L, members(1));
    for (int step = 2; step < 500; step++) {
      change(stack, step);
      assertThat(stack.current()).isEqualTo(model.lastEntry().getValue());
      assertThat(stack.currentIndex()).isEqualTo(model.lastKey());
      assertThat(stack.quorum()).isEqualTo(stack.current().quorum());
      long index = model.firstKey() + random.nextInt(12);
      assertThat(stack.at(index)).isEqualTo(model.floorEntry(index));
      assertThat(stack.from(index))
          .isEqualTo(new ArrayList<>(model.tailMap(model.floorKey(index), true).values()));
    }
  }

  private void change(ConfigurationStack stack, int step) {
    long last = model.lastKey();
    long some = model.firstKey() + random.nextInt(8);
    switch (random.nextInt(8)) {
      case 0 -> {
        stack.cutSuffix(some);
        model.tailMap(some, false).clear();
      }
      case 1 -> {
        stack.cutPrefix(some);
        model.headMap(model.floorKey(some), false).clear();
      }
      case 2 -> {
        stack.install(some, members(step));
        model.headMap(some, true).clear();
        model.put(some, members(step));
      }
      case 3 -> {
        stack.beginAfter(some);
        model.headMap(model.floorKey(some), false).clear();
        model.tailMap(model.firstKey(), false).clear();
      }
      default -> {
        long next = last + 1 + random.nextInt(3);
        stack.append(next, members(step));
        model.put(next, members(step));
      }
    }
  }
}
