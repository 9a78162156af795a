/** What history-test knows of the servers' time. */
@NullMarked
package io.meridiandb.cli.history;

import org.jspecify.annotations.NullMarked;
