/**
 * Load through JDBC: workloads, clients, and what they measure; the same code for every database.
 */
@NullMarked
package io.meridiandb.bench.load;

import org.jspecify.annotations.NullMarked;
