package io.meridiandb.spanserver.tablet;

/** The view that counts now, and its change. */
final class ViewHolder {
  private final JobRunner runner;
  private volatile View view;

  ViewHolder(View first, JobRunner runner) {
    this.view = first;
    this.runner = runner;
  }

  /** The view that counts now, not held: for the strand, which alone changes it. */
  View now() {
    return view;
  }

  /**
   * The view that counts now; its files stay until {@link #letGo}. From any thread.
   *
   * @throws IllegalStateException if the tablet is closed
   */
  View hold() {
    while (true) {
      View now = view;
      if (now.hold()) {
        return now;
      }
      if (now == view) { // it was let go, and no other has taken its place before
        throw new IllegalStateException("the tablet is closed");
      }
    }
  }

  /** From now on {@code next} counts; on the strand. */
  void publish(View next) {
    View before = view;
    view = next;
    letGo(before);
  }

  void letGo(View held) {
    for (TabletFile file : held.letGo()) {
      file.close();
      if (file.obsolete) {
        runner.delete(file);
      }
    }
  }
}
