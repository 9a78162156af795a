/** The demo: a small universe in one process, real data, and a first tour in SQL. */
@NullMarked
package io.meridiandb.server.demo;

import org.jspecify.annotations.NullMarked;
