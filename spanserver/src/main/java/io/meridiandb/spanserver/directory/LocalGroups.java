package io.meridiandb.spanserver.directory;

import io.meridiandb.kernel.id.GroupId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The replicas on this server. Used on the server strand. */
public interface LocalGroups {
  /** The replica of a group; null if there is none here. */
  @Nullable LocalGroup find(GroupId group);

  /** All, by rising group. */
  List<LocalGroup> all();
}
