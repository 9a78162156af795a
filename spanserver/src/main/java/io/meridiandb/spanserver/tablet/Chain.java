package io.meridiandb.spanserver.tablet;

import java.util.Collections;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.function.Function;

/** Versions of one part after the other, each part opened when its turn comes. */
final class Chain<P> implements Iterator<Map.Entry<VersionedKey, byte[]>> {
  private final Iterator<P> parts;
  private final Function<P, Iterator<Map.Entry<VersionedKey, byte[]>>> open;
  private Iterator<Map.Entry<VersionedKey, byte[]>> current = Collections.emptyIterator();

  Chain(Iterator<P> parts, Function<P, Iterator<Map.Entry<VersionedKey, byte[]>>> open) {
    this.parts = parts;
    this.open = open;
  }

  @Override
  public boolean hasNext() {
    while (!current.hasNext() && parts.hasNext()) {
      current = open.apply(parts.next());
    }
    return current.hasNext();
  }

  @Override
  public Map.Entry<VersionedKey, byte[]> next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    return current.next();
  }
}
