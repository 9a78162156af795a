package io.meridiandb.spanserver.tablet;

import io.meridiandb.kernel.check.Invariants;
import kotlin.Pair;
import kotlin.Unit;
import org.jspecify.annotations.Nullable;
import org.mapdb.BTreeMap;
import org.mapdb.Pump;
import org.mapdb.Store;
import org.mapdb.StoreDirect;
import org.mapdb.volume.VolumeFactory;

/**
 * How a tablet file uses MapDB: one B-tree in a store, written by the Pump and opened by the record
 * of its root, which the file's footer has. MapDB's {@code DB} would keep that record in a catalog
 * of names, and makes serializers for every class there may be whenever a file is opened.
 */
final class FileTree {
  /** MapDB's own choice: at most 32 items in a node; the Pump fills three quarters of it. */
  private static final int NODE_ITEMS_MAX = 32;

  private static final int NODE_ITEMS = NODE_ITEMS_MAX * 3 / 4;

  /** The link to the second page of the index: all that an empty store has there. */
  private static final int INDEX_LINK_BYTES = Long.BYTES;

  /** Header, stacks and index of a store without a record; only read. */
  private static final byte[] EMPTY_STORE = emptyStore();

  private FileTree() {}

  private static byte[] emptyStore() {
    byte[] bytes = new byte[MemoryVolume.INDEX_START + INDEX_LINK_BYTES];
    BuildVolume volume = new BuildVolume();
    Store store = store(VolumeFactory.wrap(volume, false), false);
    volume.getData(0, bytes, 0, MemoryVolume.INDEX_START);
    volume.getData(MemoryVolume.INDEX_START, bytes, MemoryVolume.INDEX_START, INDEX_LINK_BYTES);
    store.close();
    return bytes;
  }

  /**
   * A new store: a copy, because MapDB writes its stacks long by long, which takes longer than to
   * build a small tree.
   */
  static StoreDirect create(BuildVolume volume) {
    volume.ensureAvailable(MemoryVolume.BODY_START);
    volume.putData(0, EMPTY_STORE, 0, MemoryVolume.INDEX_START);
    volume.putData(
        MemoryVolume.INDEX_START, EMPTY_STORE, MemoryVolume.INDEX_START, INDEX_LINK_BYTES);
    return store(VolumeFactory.wrap(volume, true), false);
  }

  /** The store in a file. */
  static StoreDirect open(SegmentVolume volume) {
    return store(VolumeFactory.wrap(volume, true), true);
  }

  /**
   * Without locks: one thread writes it, and then nothing changes. Without MapDB's checksum of its
   * header, which it adds up int by int: the manifest has one of the whole file.
   */
  private static StoreDirect store(VolumeFactory volume, boolean readOnly) {
    return StoreDirect.Companion.make(
        /* file= */ null,
        volume,
        /* fileLockWait= */ 0,
        readOnly,
        /* isThreadSafe= */ false,
        /* concShift= */ 0,
        /* allocateIncrement= */ 0,
        /* allocateStartSize= */ 0,
        /* fileDeleteAfterClose= */ false,
        /* fileDeleteAfterOpen= */ false,
        /* checksum= */ false,
        /* checksumHeader= */ false,
        /* checksumHeaderBypass= */ false);
  }

  /** Takes versions in order and writes them as a B-tree. */
  static final class Writer {
    private final Pump.Sink<Pair<VersionedKey, byte[]>, Unit> sink;

    Writer(Store store, boolean valuesOutside) {
      sink =
          Pump.INSTANCE.treeMap(
              store,
              KeySerializer.INSTANCE,
              ValueSerializer.INSTANCE,
              KeySerializer.INSTANCE,
              NODE_ITEMS,
              NODE_ITEMS,
              true,
              !valuesOutside);
    }

    void put(VersionedKey key, byte[] value) {
      sink.put(new Pair<>(key, value));
    }

    /** Writes the rest; returns the record that says where the root is. */
    long finish() {
      sink.create();
      // "Internal" in Kotlin, so its name has the module's; MapDB's own DB asks the same way.
      @Nullable Long root = sink.getRootRecidRecid$mapdb();
      Invariants.check(root != null, "a B-tree has no root");
      return root;
    }
  }

  /** The B-tree with that root. */
  static BTreeMap<VersionedKey, byte[]> map(Store store, FileFooter footer) {
    return new BTreeMap<>(
        KeySerializer.INSTANCE,
        ValueSerializer.INSTANCE,
        footer.root(),
        store,
        !footer.valuesOutside(),
        NODE_ITEMS_MAX,
        KeySerializer.INSTANCE,
        /* isThreadSafe= */ false,
        /* counterRecid= */ 0,
        /* hasValues= */ true,
        null);
  }
}
