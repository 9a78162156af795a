package io.meridiandb.kernel.id;

/** A spanserver's number within its universe; positive, minted once, never reused. */
public record ServerId(long value) implements Comparable<ServerId> {
  @Override
  public int compareTo(ServerId other) {
    return Long.compare(value, other.value);
  }

  @Override
  public String toString() {
    return "server-" + value;
  }
}
