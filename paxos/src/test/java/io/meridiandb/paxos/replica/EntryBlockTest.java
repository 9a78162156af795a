package io.meridiandb.paxos.replica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.meridiandb.kernel.id.ServerId;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.paxos.Ballot;
import io.meridiandb.paxos.EntryKind;
import io.meridiandb.paxos.LogEntry;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What a follower reads is what the leader has (protocol C1), or it is refused. */
class EntryBlockTest {
  private static final Ballot USUAL = new Ballot(3, new ServerId(2), 5);
  private static final long FIRST = 1_000_000_007L;

  private final Random random = new Random(3);

  private List<LogEntry> some(int count) {
    List<LogEntry> entries = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      byte[] payload = new byte[random.nextInt(3) == 0 ? 0 : random.nextInt(300)];
      random.nextBytes(payload);
      Ballot older = new Ballot(random.nextLong(3), new ServerId(random.nextLong()), i);
      entries.add(
          new LogEntry(
              FIRST + i,
              random.nextInt(3) == 0 ? older : USUAL,
              EntryKind.values()[random.nextInt(EntryKind.values().length)],
              new Timestamp(random.nextLong()),
              ByteString.copyFrom(payload)));
    }
    return entries;
  }

  @Test
  void entriesComeBackAsTheyWere() {
    for (int count = 0; count < 40; count++) {
      List<LogEntry> entries = some(count);
      ByteString block = EntryBlock.encode(entries, FIRST, USUAL);
      assertThat(EntryBlock.decode(block, count, FIRST, USUAL)).isEqualTo(entries);
    }
  }

  @Test
  void whatIsNoBlockIsRefused() {
    ByteString block = EntryBlock.encode(some(4), FIRST, USUAL);
    for (int cut = 0; cut < block.size(); cut++) {
      ByteString part = block.substring(0, cut);
      assertThatThrownBy(() -> EntryBlock.decode(part, 4, FIRST, USUAL))
          .isInstanceOf(IllegalArgumentException.class);
    }
    assertThatThrownBy(() -> EntryBlock.decode(block, 3, FIRST, USUAL))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> EntryBlock.decode(block, Integer.MAX_VALUE, FIRST, USUAL))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
