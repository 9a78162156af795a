@NullMarked
package io.meridiandb.server.config;

import org.jspecify.annotations.NullMarked;
