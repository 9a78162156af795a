package io.meridiandb.txn.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meridiandb.row.key.Key;
import io.meridiandb.txn.Mutation;
import io.meridiandb.txn.proto.Write;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a key's writes and conditions make of each other within one transaction. */
class WriteBufferTest {
  private static final Key KEY = Key.of(new byte[] {1, 2});
  private static final byte[] ROW = {7};

  private static List<Write> after(Mutation... mutations) {
    WriteBuffer buffer = new WriteBuffer();
    for (Mutation mutation : mutations) {
      buffer.install(buffer.plan(List.of(mutation)));
    }
    return buffer.writes();
  }

  /** A forbidden key is a condition and no write. */
  @Test
  void forbidIsAConditionAlone() {
    assertThat(after(Mutation.forbid(KEY)))
        .singleElement()
        .satisfies(write -> {
          assertThat(write.getCondition()).isEqualTo(Write.Condition.MUST_NOT_EXIST);
          assertThat(write.getAction()).isEqualTo(Write.Action.KEEP);
        });
  }

  /** What the transaction itself has done to the key counts. */
  @Test
  void forbidSeesTheTransactionsOwnWrites() {
    assertThatThrownBy(() -> after(Mutation.put(KEY, ROW), Mutation.forbid(KEY)))
        .isInstanceOf(ConditionFailedException.class);
    assertThatThrownBy(() -> after(Mutation.require(KEY), Mutation.forbid(KEY)))
        .isInstanceOf(ConditionFailedException.class);
    assertThatThrownBy(() -> after(Mutation.forbid(KEY), Mutation.require(KEY)))
        .isInstanceOf(ConditionFailedException.class);
    // A row that is deleted here is gone: that it existed before is no contradiction.
    assertThat(after(Mutation.delete(KEY), Mutation.forbid(KEY)))
        .singleElement()
        .satisfies(write -> {
          assertThat(write.getCondition()).isEqualTo(Write.Condition.NONE);
          assertThat(write.getAction()).isEqualTo(Write.Action.DELETE);
        });
    assertThat(after(Mutation.forbid(KEY), Mutation.insert(KEY, ROW)))
        .singleElement()
        .satisfies(write -> {
          assertThat(write.getCondition()).isEqualTo(Write.Condition.MUST_NOT_EXIST);
          assertThat(write.getAction()).isEqualTo(Write.Action.PUT);
        });
  }
}
