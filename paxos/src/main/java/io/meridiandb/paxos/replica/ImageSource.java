package io.meridiandb.paxos.replica;

import com.google.protobuf.ByteString;
import java.util.concurrent.CompletableFuture;

/**
 * A replica's state after one entry of the log, as one row of bytes for another replica (protocol
 * G25). It stays as it is while the replica goes on. Used on the server strand, one read at a time.
 */
public interface ImageSource {
  /** The state is exactly that after the entry with this index. */
  long index();

  /**
   * What its bytes are: images with the same identity have the same bytes, whoever gives them. A
   * receiver that lost its source goes on where it was, if the next one is the same image.
   *
   * @return empty if that cannot be told
   */
  default ByteString identity() {
    return ByteString.EMPTY;
  }

  /**
   * Reads bytes at any place; the same place gives the same bytes however often it is asked for,
   * because messages get lost.
   *
   * @param position from 0
   * @param bytesMax how many at most
   * @return at least one byte, none only at the end; completes on the server strand
   */
  CompletableFuture<ByteString> read(long position, int bytesMax);

  /** Lets the image go. */
  void close();
}
