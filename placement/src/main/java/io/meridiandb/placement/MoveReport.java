package io.meridiandb.placement;

/**
 * What a finished move took.
 *
 * @param rows versions copied
 * @param bytes their keys and values
 * @param blockedMicros how long the directory took no requests: from the wish for the lock on its
 *     range to the end of the transaction that gave it to its new owner
 * @param rounds copies in the background before that
 */
public record MoveReport(long rows, long bytes, long blockedMicros, int rounds) {
  /** Nothing had to be moved. */
  public static final MoveReport NOTHING = new MoveReport(0, 0, 0, 0);
}
