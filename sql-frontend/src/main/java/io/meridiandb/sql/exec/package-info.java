/** Runs physical plans: operators that pull batches of rows, and those that write. */
@NullMarked
package io.meridiandb.sql.exec;

import org.jspecify.annotations.NullMarked;
