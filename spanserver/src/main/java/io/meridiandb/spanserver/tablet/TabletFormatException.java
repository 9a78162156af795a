package io.meridiandb.spanserver.tablet;

/** Another version wrote a tablet's files, in another format: nothing is wrong with them. */
public final class TabletFormatException extends RuntimeException {
  private static final long serialVersionUID = 1;

  TabletFormatException(String path, int found, int known) {
    super(
        "%s has format %d, this version of Meridian reads format %d; start the version that wrote it"
            .formatted(path, found, known));
  }
}
