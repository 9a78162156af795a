/** METADATA: what placement keeps in system tables, and the transactions that read and write it. */
@NullMarked
package io.meridiandb.placement.metadata;

import org.jspecify.annotations.NullMarked;
