package io.meridiandb.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meridiandb.jdbc.link.HostPort;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Guards the form of URLs, and that mistakes in them are named. */
class ConnectionUrlTest {
  @Test
  void hostsPortsAndParameters() throws SQLException {
    ConnectionUrl url =
        ConnectionUrl.parse("jdbc:meridian://a:1,b,[::1]:3/main?applicationName=x%20y&fetchSize=9");
    assertThat(url.hosts())
        .containsExactly(new HostPort("a", 1), new HostPort("b", 7411), new HostPort("::1", 3));
    assertThat(url.database()).isEqualTo("main");
    assertThat(url.parameters()).isEqualTo(Map.of("applicationName", "x y", "fetchSize", "9"));
    assertThat(ConnectionUrl.parse("jdbc:meridian:///").hosts())
        .containsExactly(new HostPort("localhost", 7411));
    assertThat(ConnectionUrl.parse("jdbc:meridian:mem:test").memory()).isEqualTo("test");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "jdbc:meridian:",
        "jdbc:meridian:localhost",
        "jdbc:meridian:mem:",
        "jdbc:meridian://a:x/main",
        "jdbc:meridian://a:70000/main",
        "jdbc:meridian://[::1/main",
        "jdbc:meridian://a/main?applicationName=%zz"
      })
  void mistakesAreNamed(String url) {
    assertThatThrownBy(() -> ConnectionUrl.parse(url)).hasMessageContaining(url);
  }

  @Test
  void unknownParametersAndWrongValuesAreNamed() {
    assertThatThrownBy(() -> DriverManager.getConnection("jdbc:meridian://a/main?fechSize=1"))
        .hasMessageContaining("\"fechSize\"")
        .hasMessageContaining("fetchSize");
    assertThatThrownBy(() -> DriverManager.getConnection("jdbc:meridian://a/main?fetchSize=-1"))
        .hasMessageContaining("not negative");
    assertThatThrownBy(() -> DriverManager.getConnection("jdbc:meridian://a/main?timestampBound=x"))
        .hasMessageContaining("no timestamp bound");
  }

  @Test
  void securityThatIsNotThereIsRefused() {
    assertThatThrownBy(() -> DriverManager.getConnection("jdbc:meridian://a/main", "me", "secret"))
        .isInstanceOf(SQLFeatureNotSupportedException.class)
        .hasMessageContaining("password")
        .hasMessageNotContaining("secret");
    assertThatThrownBy(() -> DriverManager.getConnection("jdbc:meridian://a/main?ssl=true"))
        .isInstanceOf(SQLFeatureNotSupportedException.class);
  }

  @Test
  void otherDriversUrlsAreLeftAlone() throws SQLException {
    assertThat(new MeridianDriver().connect("jdbc:other:x", new Properties())).isNull();
    assertThat(new MeridianDriver().acceptsURL("jdbc:other:x")).isFalse();
    assertThat(new MeridianDriver().getPropertyInfo("jdbc:meridian://a/main", null))
        .extracting(info -> info.name)
        .contains("recoveryTimeoutMillis");
  }

  @Test
  void nobodyThereIsOneClearMessage() {
    assertThatThrownBy(() -> DriverManager.getConnection("jdbc:meridian://127.0.0.1:1/main"))
        .isInstanceOfSatisfying(
            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("08001"))
        .hasMessageContaining("127.0.0.1:1")
        .hasMessageContaining("Is the server running");
  }
}
