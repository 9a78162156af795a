/**
 * One client's conversation: frames in and out, transactions, settings, batches, streaming, cancel.
 */
@NullMarked
package io.meridiandb.sql.session;

import org.jspecify.annotations.NullMarked;
