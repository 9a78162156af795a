/** Tests of the extension, on the oldest JUnit that it is for. */
@NullMarked
package io.meridiandb.junit;

import org.jspecify.annotations.NullMarked;
