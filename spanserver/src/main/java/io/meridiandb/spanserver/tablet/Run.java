package io.meridiandb.spanserver.tablet;

import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.row.key.KeyRange;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Files that were written together: sorted by key and disjoint.
 *
 * @param files at least one
 * @param hidden keys wiped since: their versions are not shown, and go when the files are merged
 */
record Run(List<TabletFile> files, RangeSet hidden) {

  /** This run with more hidden. */
  Run hiding(KeyRange range) {
    return new Run(files, hidden.plus(range));
  }

  /** This run without files of which nothing is shown; null if none is left. */
  @Nullable Run pruned() {
    if (hidden.isEmpty()) {
      return this;
    }
    List<TabletFile> shown =
        files.stream()
            .filter(file -> !hidden.containsAll(file.info.firstKey(), file.info.lastKey()))
            .toList();
    return shown.isEmpty() ? null : new Run(shown, hidden);
  }

  Timestamp newest() {
    return files.stream().map(file -> file.info.newest()).reduce(Timestamp.MIN, Timestamp::max);
  }

  long bytes() {
    return files.stream().mapToLong(file -> file.info.bytes()).sum();
  }

  long versions() {
    return files.stream().mapToLong(file -> file.info.versions()).sum();
  }

  /** About how many bytes of keys and values are in its files, shown or not. */
  long storedBytes() {
    return files.stream().mapToLong(file -> file.samples().total()).sum();
  }

  /** About how many bytes of keys and values it shows of a range. */
  long shownBytes(KeyRange range) {
    long sum = 0;
    for (KeyRange gap : hidden.gapsIn(range)) {
      for (TabletFile file : files) {
        sum += file.samples().bytesIn(gap);
      }
    }
    return sum;
  }

  /** The one file that may show {@code key}; null if there is none. */
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
        return hidden.contains(key) ? null : files.get(middle);
      }
    }
    return null;
  }

  /** Versions from {@code from} to before {@code to} (null: to the end), or that backwards. */
  Iterator<Map.Entry<VersionedKey, byte[]>> range(
      VersionedKey from, @Nullable VersionedKey to, boolean reverse) {
    return range(from, to, reverse, file -> true);
  }

  /** The same, of the files {@code wanted}. */
  Iterator<Map.Entry<VersionedKey, byte[]>> range(
      VersionedKey from, @Nullable VersionedKey to, boolean reverse, Predicate<FileInfo> wanted) {
    return hidden.without(from, to, reverse, (a, b, backwards) -> ofFiles(a, b, backwards, wanted));
  }

  private Iterator<Map.Entry<VersionedKey, byte[]>> ofFiles(
      VersionedKey from, @Nullable VersionedKey to, boolean reverse, Predicate<FileInfo> wanted) {
    List<TabletFile> touched = new ArrayList<>();
    for (TabletFile file : files) {
      boolean before = Arrays.compareUnsigned(file.info.lastKey().bytes(), from.key) < 0;
      boolean behind =
          to != null && Arrays.compareUnsigned(file.info.firstKey().bytes(), to.key) > 0;
      if (!before && !behind && wanted.test(file.info)) {
        touched.add(file);
      }
    }
    if (reverse) {
      Collections.reverse(touched);
    }
    return new Chain<>(touched.iterator(), file -> file.range(from, to, reverse));
  }
}
