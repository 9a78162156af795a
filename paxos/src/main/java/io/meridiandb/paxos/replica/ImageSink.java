package io.meridiandb.paxos.replica;

import com.google.protobuf.ByteString;
import java.util.concurrent.CompletableFuture;

/**
 * Where the chunks of another replica's state go (protocol G25). Used on the server strand, one
 * call at a time. A crash before {@link #finish} completes leaves the old state, one after it the
 * new one.
 */
public interface ImageSink {
  /**
   * Takes the next chunk.
   *
   * @param number from 0, without holes
   * @return completes on the server strand when the next may come; fails if the chunk is damaged
   */
  CompletableFuture<Void> write(long number, ByteString chunk);

  /**
   * All chunks are here: makes them durable and the state of the machine, in one switch. From then
   * on {@link StateMachine#checkpointIndex} is the image's index, also after a restart.
   *
   * @return completes on the server strand
   */
  CompletableFuture<Void> finish();

  /** The rest will not come: forgets the chunks. */
  void abandon();
}
