package io.meridiandb.paxos.replica;

import com.google.protobuf.ByteString;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * A replica's state after one entry of the log, as chunks for another replica (protocol G25). It
 * stays as it is while the replica goes on. Used on the server strand; one chunk is read at a time.
 */
public interface ImageSource {
  /** Largest chunk, in bytes. */
  int CHUNK_BYTES_MAX = 1 << 20;

  /** The state is exactly that after the entry with this index. */
  long index();

  /**
   * Reads a chunk. The same number gives the same bytes however often it is asked for: messages get
   * lost.
   *
   * @param number from 0; at most one more than the highest asked for so far
   * @return completes on the server strand; empty behind the last chunk
   */
  CompletableFuture<Optional<ByteString>> chunk(long number);

  /** Lets the image go. */
  void close();
}
