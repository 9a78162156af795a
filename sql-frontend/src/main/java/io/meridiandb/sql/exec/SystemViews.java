package io.meridiandb.sql.exec;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where the rows of views on the system come from. */
@FunctionalInterface
public interface SystemViews {
  /** No views. */
  SystemViews NONE = (_, _) -> List.of();

  /** The rows of a view, each in the order of its columns. */
  List<@Nullable Object[]> rows(String schema, String view);
}
