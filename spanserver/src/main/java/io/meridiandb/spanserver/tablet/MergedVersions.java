package io.meridiandb.spanserver.tablet;

import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * Several sources of versions as one, in order or in reverse order. A source earlier in the list
 * wins a tie.
 */
final class MergedVersions implements Iterator<Map.Entry<VersionedKey, byte[]>> {
  private final List<Iterator<Map.Entry<VersionedKey, byte[]>>> sources;
  private final Map.@Nullable Entry<VersionedKey, byte[]>[] heads;
  private final int sign;

  @SuppressWarnings({"unchecked", "rawtypes"}) // an array of a generic type
  MergedVersions(List<Iterator<Map.Entry<VersionedKey, byte[]>>> sources, boolean reverse) {
    this.sources = sources;
    this.heads = new Map.Entry[sources.size()];
    this.sign = reverse ? -1 : 1;
    for (int i = 0; i < heads.length; i++) {
      advance(i);
    }
  }

  @Override
  public boolean hasNext() {
    for (Map.Entry<VersionedKey, byte[]> head : heads) {
      if (head != null) {
        return true;
      }
    }
    return false;
  }

  @Override
  public Map.Entry<VersionedKey, byte[]> next() {
    Map.Entry<VersionedKey, byte[]> best = null;
    int bestSource = -1;
    for (int i = 0; i < heads.length; i++) {
      Map.Entry<VersionedKey, byte[]> head = heads[i];
      if (head == null) {
        continue;
      }
      int order = best == null ? -1 : sign * head.getKey().compareTo(best.getKey());
      if (order == 0) {
        advance(i);
      } else if (order < 0) {
        best = head;
        bestSource = i;
      }
    }
    if (best == null) {
      throw new NoSuchElementException();
    }
    advance(bestSource);
    return best;
  }

  private void advance(int i) {
    Iterator<Map.Entry<VersionedKey, byte[]>> source = sources.get(i);
    heads[i] = source.hasNext() ? source.next() : null;
  }
}
