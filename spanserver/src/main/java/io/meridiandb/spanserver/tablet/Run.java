package io.meridiandb.spanserver.tablet;

import io.meridiandb.kernel.time.Timestamp;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Files that were written together: sorted by key and disjoint.
 *
 * @param files at least one
 */
record Run(List<TabletFile> files) {

  Timestamp newest() {
    return files.stream().map(file -> file.info.newest()).reduce(Timestamp.MIN, Timestamp::max);
  }

  long bytes() {
    return files.stream().mapToLong(file -> file.info.bytes()).sum();
  }

  long versions() {
    return files.stream().mapToLong(file -> file.info.versions()).sum();
  }

  /** The one file that may have {@code key}; null if its place lies between the files. */
  @Nullable TabletFile fileFor(byte[] key) {
    int low = 0;
    int high = files.size() - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      FileInfo info = files.get(middle).info;
      if (Arrays.compareUnsigned(key, info.firstKey().bytes()) < 0) {
        high = middle - 1;
      } else if (Arrays.compareUnsigned(key, info.lastKey().bytes()) > 0) {
        low = middle + 1;
      } else {
        return files.get(middle);
      }
    }
    return null;
  }

  /** Versions from {@code from} to before {@code to} (null: to the end), or that backwards. */
  Iterator<Map.Entry<VersionedKey, byte[]>> range(
      VersionedKey from, @Nullable VersionedKey to, boolean reverse) {
    List<TabletFile> touched = new ArrayList<>();
    for (TabletFile file : files) {
      boolean before = Arrays.compareUnsigned(file.info.lastKey().bytes(), from.key) < 0;
      boolean behind =
          to != null && Arrays.compareUnsigned(file.info.firstKey().bytes(), to.key) >= 0;
      if (!before && !behind) {
        touched.add(file);
      }
    }
    if (reverse) {
      Collections.reverse(touched);
    }
    return new Chain(touched.iterator(), from, to, reverse);
  }

  /** One file after the other, each opened when its turn comes. */
  private static final class Chain implements Iterator<Map.Entry<VersionedKey, byte[]>> {
    private final Iterator<TabletFile> files;
    private final VersionedKey from;
    private final @Nullable VersionedKey to;
    private final boolean reverse;
    private Iterator<Map.Entry<VersionedKey, byte[]>> current = Collections.emptyIterator();

    Chain(
        Iterator<TabletFile> files, VersionedKey from, @Nullable VersionedKey to, boolean reverse) {
      this.files = files;
      this.from = from;
      this.to = to;
      this.reverse = reverse;
    }

    @Override
    public boolean hasNext() {
      while (!current.hasNext() && files.hasNext()) {
        current = files.next().range(from, to, reverse);
      }
      return current.hasNext();
    }

    @Override
    public Map.Entry<VersionedKey, byte[]> next() {
      return hasNext()
          ? current.next()
          : Collections.<Map.Entry<VersionedKey, byte[]>>emptyIterator().next();
    }
  }
}
