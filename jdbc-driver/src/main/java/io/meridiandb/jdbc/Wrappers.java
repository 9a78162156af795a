package io.meridiandb.jdbc;

import java.sql.SQLException;

/** {@code unwrap} for all classes of the driver: none of them wraps another's. */
final class Wrappers {
  private Wrappers() {}

  static <T> T unwrap(Object self, Class<T> type) throws SQLException {
    if (type.isInstance(self)) {
      return type.cast(self);
    }
    throw SqlErrors.invalidArgument(
        self.getClass().getSimpleName() + " is no wrapper for " + type.getName());
  }
}
