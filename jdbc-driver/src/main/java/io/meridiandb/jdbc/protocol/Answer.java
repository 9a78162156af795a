package io.meridiandb.jdbc.protocol;

import io.meridiandb.wire.proto.Complete;
import org.jspecify.annotations.Nullable;

/**
 * What a statement gave: rows to be read, or the word that it is done.
 *
 * @param rows the rows, or null for a statement without
 * @param complete how it ended; null while there are rows to read
 */
public record Answer(@Nullable RowStream rows, @Nullable Complete complete) {
  /** Update count of a statement that is known to be committed while its count got lost. */
  public static final long COUNT_LOST = -2;
}
