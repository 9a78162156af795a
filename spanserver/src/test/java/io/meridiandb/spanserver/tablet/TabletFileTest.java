package io.meridiandb.spanserver.tablet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meridiandb.kernel.disk.DiskFile;
import io.meridiandb.kernel.disk.MappedFile;
import io.meridiandb.kernel.system.MemoryDisk;
import io.meridiandb.kernel.time.Timestamp;
import io.meridiandb.row.key.Key;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.lang.reflect.Field;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The layout of a tablet file: nothing of the store is lost with what is not in the file. */
class TabletFileTest {
  private static final String FOLDER = "tablet/0";

  private final MemoryDisk disk = new MemoryDisk();

  @BeforeEach
  void makeFolder() throws IOException {
    disk.createFolders(FOLDER);
  }

  /** The borders are MapDB's own; a new version of it must not move them unseen. */
  @Test
  void thePartsAreWhereMapDbHasThem() throws ReflectiveOperationException {
    assertThat(mapDb("RECID_LONG_STACK")).isEqualTo(MemoryVolume.HEADER_BYTES);
    assertThat(mapDb("ZERO_PAGE_LINK")).isEqualTo(MemoryVolume.INDEX_START);
    assertThat(mapDb("HEAD_END")).isEqualTo(MemoryVolume.INDEX_START);
    assertThat(org.mapdb.CC.PAGE_SIZE).isEqualTo(MemoryVolume.BODY_START);
  }

  private static long mapDb(String constant) throws ReflectiveOperationException {
    Field field = Class.forName("org.mapdb.StoreDirectJava").getDeclaredField(constant);
    field.setAccessible(true);
    return field.getLong(null);
  }

  @Test
  void aSmallFileTakesLittleMoreThanItsRows() throws IOException {
    FileInfo info = build(30, 0, i -> new byte[100]);
    assertThat(info.bytes()).isLessThan(30 * 120 + 600);
  }

  /** Around the numbers at which the B-tree gets a node or a level more. */
  @Test
  void filesOfAnyCountGiveTheirVersionsBack() throws IOException {
    for (int count : List.of(1, 2, 23, 24, 25, 47, 48, 553, 576, 577, 14_000)) {
      IntFunction<byte[]> value = i -> new byte[i % 7]; // all zeroes, and tombstones
      assertHolds(build(count, 0, value), count, value);
      assertHolds(build(count, Integer.MAX_VALUE, value), count, value);
    }
  }

  /** Each value is a record here: more than the first page has room for in its index. */
  @Test
  void theIndexGoesOnBehindAFullFirstPage() throws IOException {
    int count = 125_000;
    IntFunction<byte[]> value = i -> ByteBuffer.allocate(8).putLong(i).array();
    FileInfo info = build(count, Integer.MAX_VALUE, value);
    try (MappedFile mapped = disk.map(path(info))) {
      FileFooter footer = FileFooter.decode(mapped.segment(), path(info));
      assertThat(footer.indexBytes()).isEqualTo(MemoryVolume.BODY_START - MemoryVolume.INDEX_START);
      assertThat(footer.index(mapped.segment()).get(ValueLayout.JAVA_LONG_UNALIGNED, 0))
          .as("the link to the next page of the index")
          .isNotZero();
    }
    assertHolds(info, count, value);
  }

  /** Records that end at, before and behind MapDB's page, and such as it cuts in chunks. */
  @Test
  void valuesOfAnyLengthAreKept() throws IOException {
    int[] lengths = {0, 1, 1 << 20, 65_515, 65_516, 65_517, 16, 200_000, 0, 3 << 20, 48, 131_072};
    IntFunction<byte[]> zeroes = i -> new byte[lengths[i % lengths.length]];
    IntFunction<byte[]> ones =
        i -> {
          byte[] value = zeroes.apply(i);
          Arrays.fill(value, (byte) -1);
          return value;
        };
    for (IntFunction<byte[]> value : List.of(zeroes, ones)) {
      assertHolds(build(40, 3 << 20, value), 40, value);
    }
    // Leaves that fill the last bytes of a page, one after the other.
    for (int length = 2_690; length < 2_730; length += 3) {
      byte[] each = new byte[length];
      Arrays.fill(each, (byte) 5);
      assertHolds(build(400, 0, i -> each), 400, i -> each);
    }
  }

  /** Replicas that flush the same versions have the same file, whatever they built before. */
  @Test
  void equalVersionsGiveEqualBytes() throws IOException {
    FileInfo first = build(3_000, 0, i -> new byte[i % 50]);
    build(100, 20_000, i -> new byte[i * 200]);
    FileInfo again = build(3_000, 0, i -> new byte[i % 50]);
    assertThat(again).isEqualTo(first);
  }

  @Test
  void aChangedBitIsFoundWhereverItIs() throws IOException {
    FileInfo info = build(300, 0, i -> new byte[20]);
    int step = 97; // meets each part of the file
    for (int at = 0; at < info.bytes(); at += step) {
      flip(info, at);
      assertDamaged(info);
      flip(info, at);
    }
    flip(info, (int) info.bytes() - 1);
    assertDamaged(info);
    flip(info, (int) info.bytes() - 1);
    TabletFile.check(disk, FOLDER, info).close();
  }

  /** A footer of its own checksum and of an earlier format: refused, not put aside as damaged. */
  @Test
  void aFileOfAnotherFormatIsRefusedAndKept() throws IOException {
    for (int format : List.of(1, 2, 4)) {
      FileInfo info = build(30, 0, i -> new byte[20]);
      ByteBuffer footer = ByteBuffer.allocate(FileFooter.BYTES);
      try (DiskFile file = disk.open(path(info))) {
        file.read(info.bytes() - FileFooter.BYTES, footer);
        footer.putInt(8, format).putInt(40, crc(footer.slice(0, 40))).rewind();
        file.write(info.bytes() - FileFooter.BYTES, footer);
      }
      FileInfo other = withChecksumOf(info);
      assertThatThrownBy(() -> TabletFile.open(disk, FOLDER, other))
          .isInstanceOf(TabletFormatException.class)
          .hasMessageContaining("has format %d, this version of Meridian reads format 3", format);
      assertThat(disk.exists(path(info))).isTrue();
    }
  }

  @Test
  void aFileThatIsTooShortIsDamaged() throws IOException {
    FileInfo info = build(1, 0, i -> new byte[1]);
    try (DiskFile file = disk.open(path(info))) {
      file.setSize(10);
    }
    assertDamaged(withChecksumOf(info));
  }

  private FileInfo build(int count, int largestValue, IntFunction<byte[]> value)
      throws IOException {
    Iterator<Map.Entry<VersionedKey, byte[]>> versions =
        IntStream.range(0, count).mapToObj(i -> Map.entry(key(i), value.apply(i))).iterator();
    FileBuilder builder =
        new FileBuilder(disk, FOLDER, 1 << 30, new FileBuilder.Plan(1, largestValue));
    List<FileInfo> built = builder.build(versions);
    for (DiskFile file : builder.unforced()) {
      file.close();
    }
    assertThat(built).hasSize(1);
    return built.getFirst();
  }

  private static VersionedKey key(int i) {
    byte[] key = ByteBuffer.allocate(12).putLong(0x1234_5678_0000_0000L).putInt(i).array();
    return VersionedKey.of(Key.of(key), new Timestamp(1_000 + i));
  }

  private void assertHolds(FileInfo info, int count, IntFunction<byte[]> value) throws IOException {
    try (TabletFile file = TabletFile.open(disk, FOLDER, info)) {
      int next = 0;
      for (var all = file.all(); all.hasNext(); next++) {
        assertSame(all.next(), next, value);
      }
      assertThat(next).isEqualTo(count);
      for (int i = 0; i < count; i += 1 + count / 100) {
        assertSame(file.ceiling(key(i)), i, value);
      }
      List<VersionedKey> backwards = new ArrayList<>();
      file.range(key(0), null, true).forEachRemaining(each -> backwards.add(each.getKey()));
      assertThat(backwards).hasSize(count);
      assertThat(file.ceiling(key(count))).isNull();
      file.verify(disk);
    }
  }

  private static void assertSame(
      Map.Entry<VersionedKey, byte[]> found, int i, IntFunction<byte[]> value) {
    // Not by AssertJ: there are hundreds of thousands.
    if (!found.getKey().equals(key(i)) || !Arrays.equals(found.getValue(), value.apply(i))) {
      throw new AssertionError("version %d is %s".formatted(i, found.getKey()));
    }
  }

  private void assertDamaged(FileInfo info) {
    assertThatThrownBy(() -> TabletFile.check(disk, FOLDER, info))
        .isInstanceOf(TabletDamagedException.class);
  }

  private void flip(FileInfo info, int at) throws IOException {
    try (DiskFile file = disk.open(path(info))) {
      ByteBuffer one = ByteBuffer.allocate(1);
      file.read(at, one);
      file.write(at, one.put(0, (byte) (one.get(0) ^ 4)).rewind());
    }
  }

  private FileInfo withChecksumOf(FileInfo info) throws IOException {
    ByteBuffer all;
    try (DiskFile file = disk.open(path(info))) {
      all = TabletInspector.readAll(file);
    }
    return new FileInfo(
        info.number(),
        all.remaining(),
        crc(all),
        info.versions(),
        info.firstKey(),
        info.lastKey(),
        info.oldest(),
        info.newest());
  }

  private static int crc(ByteBuffer bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes.duplicate());
    return (int) crc.getValue();
  }

  private static String path(FileInfo info) {
    return FOLDER + "/" + info.name();
  }
}
