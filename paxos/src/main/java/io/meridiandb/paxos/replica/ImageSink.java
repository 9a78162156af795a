package io.meridiandb.paxos.replica;

import com.google.protobuf.ByteString;
import java.util.concurrent.CompletableFuture;

/**
 * Where the bytes of another replica's state go (protocol G25). Used on the server strand, one call
 * at a time; futures complete there. A crash before {@link #finish} completes leaves the old state,
 * one after it the new one.
 */
public interface ImageSink {
  /** How many bytes it has: where to go on. */
  long position();

  /**
   * Takes the next bytes.
   *
   * @param position where they stand in the image; never above {@link #position}
   * @return completes when the next may come; fails if they are damaged
   */
  CompletableFuture<Void> write(long position, ByteString bytes);

  /**
   * All bytes are here: makes them durable and the state of the machine, in one switch. From then
   * on {@link StateMachine#checkpointIndex} is the image's index, also after a restart. Fails if
   * the image is not whole or damaged; the machine is then as it was.
   */
  CompletableFuture<Void> finish();

  /**
   * The rest does not come for now: lets go of it, and keeps what is durable for another sink of an
   * image with the same identity.
   */
  default void suspend() {
    abort();
  }

  /** The rest will not come, or the image is damaged: forgets the bytes. */
  void abort();
}
