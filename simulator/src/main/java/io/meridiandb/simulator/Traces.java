package io.meridiandb.simulator;

import io.meridiandb.kernel.net.FrameText;
import io.meridiandb.kernel.net.MessageType;
import io.meridiandb.paxos.replica.PaxosMessages;
import io.meridiandb.spanserver.directory.DirectoryMessages;
import io.meridiandb.txn.TxnMessages;
import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** What a listing shows of the messages between servers. */
final class Traces {
  private Traces() {}

  /** Frames of all modules in words. */
  static Function<byte[], String> words() {
    List<MessageType<?>> types = new ArrayList<>();
    for (Class<?> home : List.of(PaxosMessages.class, TxnMessages.class, DirectoryMessages.class)) {
      for (Field field : home.getFields()) {
        try {
          if (field.get(null) instanceof MessageType<?> type) {
            types.add(type);
          }
        } catch (IllegalAccessException e) {
          throw new IllegalStateException(field + " must be public", e);
        }
      }
    }
    return new FrameText(types)::of;
  }
}
