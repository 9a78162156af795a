package io.meridiandb.spanserver.tablet;

import io.meridiandb.kernel.Env;
import io.meridiandb.kernel.strand.Strand;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Reads all files of a tablet now and then and compares them with their checksums, so that bytes
 * that rot are found while other replicas have them (reliability G.3). One file after the other, on
 * the strand that waits for the disk, so jobs get their turn in between.
 */
final class Scrubber {
  /** From the end of one round to the next. */
  static final Duration EVERY = Duration.ofHours(24);

  private final Env env;
  private final Strand strand;
  private final Checkpoints checkpoints;
  private final TabletHost host;
  private boolean stopped;

  Scrubber(Env env, Strand strand, Checkpoints checkpoints, TabletHost host) {
    this.env = env;
    this.strand = strand;
    this.checkpoints = checkpoints;
    this.host = host;
    strand.schedule(EVERY, this::round);
  }

  void stop() {
    stopped = true;
  }

  /** Reads everything once. */
  void round() {
    if (stopped) {
      return;
    }
    View held = checkpoints.views().hold();
    Deque<TabletFile> files = new ArrayDeque<>();
    held.runs.forEach(run -> files.addAll(run.files()));
    next(held, files);
  }

  private void next(View held, Deque<TabletFile> files) {
    TabletFile file = files.poll();
    if (file == null || stopped) {
      checkpoints.views().letGo(held);
      env.events().count("tablet.scrubs", 1);
      if (!stopped) {
        strand.schedule(EVERY, this::round);
      }
      return;
    }
    checkpoints
        .disk()
        .execute(() -> {
          try {
            file.verify(env.disk());
            strand.execute(() -> next(held, files));
          } catch (TabletDamagedException e) {
            strand.execute(() -> ended(held, () -> host.damaged(e)));
          } catch (IOException e) {
            strand.execute(() -> ended(held, () -> host.failed(e)));
          }
        });
  }

  private void ended(View held, Runnable tell) {
    checkpoints.views().letGo(held);
    if (!stopped) {
      stopped = true;
      tell.run();
    }
  }
}
