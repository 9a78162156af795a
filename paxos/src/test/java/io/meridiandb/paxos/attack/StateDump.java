package io.meridiandb.paxos.attack;

import com.google.protobuf.ByteString;
import io.meridiandb.kernel.time.Timestamp;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * The state of an object, with all that hangs below it, as text: two objects that would behave
 * alike give the same text. Maps and sets are written in the order of their texts, because what
 * they were filled with first does not matter; lists and queues in their own order.
 */
public final class StateDump {
  private static final ClassValue<Field[]> FIELDS =
      new ClassValue<>() {
        @Override
        protected Field[] computeValue(Class<?> type) {
          List<Field> fields = new ArrayList<>();
          for (Class<?> c = type; c != null && c != Object.class; c = c.getSuperclass()) {
            for (Field field : c.getDeclaredFields()) {
              if (!Modifier.isStatic(field.getModifiers()) && !field.isSynthetic()) {
                field.setAccessible(true);
                fields.add(field);
              }
            }
          }
          return fields.toArray(Field[]::new);
        }
      };

  /** What a moment that no comparison can tell from the distant past is written as. */
  public static final String PAST = "past";

  private final Function<Timestamp, String> moments;
  private StringBuilder out = new StringBuilder(1024);

  /**
   * An empty text.
   *
   * @param moments how a moment is written; an entry of a map that leads to {@link #PAST} is left
   *     out
   */
  public StateDump(Function<Timestamp, String> moments) {
    this.moments = moments;
  }

  /** An empty text, with moments as they are. */
  public StateDump() {
    this(Timestamp::toString);
  }

  /** Adds one object. */
  public StateDump add(Object value) {
    switch (value) {
      case null -> out.append('~');
      case Number n -> out.append(n);
      case Timestamp t -> out.append(moments.apply(t));
      case Boolean b -> out.append(b ? 'T' : 'F');
      case ByteString bytes -> out.append(bytes.toStringUtf8());
      case CharSequence s -> out.append('"').append(s);
      case Enum<?> e -> out.append(e.name());
      case Map<?, ?> map -> addMap(map);
      case Set<?> set -> addSorted(set);
      case Collection<?> list -> {
        out.append('[');
        list.forEach(this::add);
        out.append(']');
      }
      case long[] numbers -> {
        for (long n : numbers) {
          out.append(n).append(',');
        }
      }
      default -> addObject(value);
    }
    out.append(' ');
    return this;
  }

  private void addMap(Map<?, ?> map) {
    List<String> texts = new ArrayList<>();
    map.forEach((key, value) -> {
      if (!(value instanceof Timestamp t && moments.apply(t).equals(PAST))) {
        texts.add(aside(key, value));
      }
    });
    addTexts(texts);
  }

  private void addSorted(Set<?> set) {
    List<String> texts = new ArrayList<>();
    set.forEach(element -> texts.add(aside(element)));
    addTexts(texts);
  }

  private void addTexts(List<String> texts) {
    texts.sort(null);
    out.append('{');
    texts.forEach(out::append);
    out.append('}');
  }

  private String aside(Object... values) {
    StringBuilder kept = out;
    out = new StringBuilder(64);
    for (Object value : values) {
      add(value);
    }
    String text = out.toString();
    out = kept;
    return text;
  }

  /** Parts that only point to the state of another, and settings that never change. */
  private static boolean isWithoutState(String type) {
    return type.endsWith("Handler") || type.equals("RoleTransitions") || type.equals("Setting");
  }

  private void addObject(Object value) {
    Class<?> type = value.getClass();
    if (type.isHidden() || type.isSynthetic() || isWithoutState(type.getSimpleName())) {
      return;
    }
    if (!type.getName().startsWith("io.meridiandb")) {
      out.append(value);
      return;
    }
    out.append('(');
    for (Field field : FIELDS.get(type)) {
      try {
        add(field.get(value));
      } catch (IllegalAccessException e) {
        throw new AssertionError(e);
      }
    }
    out.append(')');
  }

  @Override
  public String toString() {
    return out.toString();
  }
}
