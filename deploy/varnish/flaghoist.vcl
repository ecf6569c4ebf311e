# Varnish as a CDN in front of nginx or HAProxy: it keeps rulesets, each under its key, and passes on everything else.
# Varnish 7.1 (Debian 12) or newer. What it promises, and how to purge: docs/operations/in-front.md.
# It speaks no TLS: whoever ends it stands before, and nginx or HAProxy, which speak it to the edges, behind on this machine.
#
#   varnishd -f /etc/varnish/flaghoist.vcl -a http=:6081 -a purge=127.0.0.1:6082 -s malloc,512m -s Transient=malloc,64m
#
# The second address is for purging and must not be reached from outside: behind a proxy every request comes from 127.0.0.1,
# so where somebody connects to says more than from where.
vcl 4.1;

import std;

backend flaghoist {
  .host = "127.0.0.1";
  .port = "8080";
  .connect_timeout = 1s;
  .first_byte_timeout = 30s;
  .between_bytes_timeout = 60s;
  .probe = {
    .url = "/readyz";
    .interval = 1s;
    .timeout = 2s;
    .window = 3;
    .threshold = 2;
    .initial = 1;
  }
}

sub vcl_recv {
  if (req.restarts == 0) {
    unset req.http.X-Flaghoist-Kept;
    unset req.http.X-Flaghoist-Any-Age;
  }

  if (req.method == "BAN") {
    if (local.socket != "purge") {
      return (synth(405, "Not Allowed"));
    }
    if (req.http.Surrogate-Key !~ "^(environment|head)-[A-Za-z0-9_-]{1,128}$") {
      return (synth(400, "Surrogate-Key: environment-ID or head-HASH"));
    }
    if (!std.ban("obj.http.Surrogate-Key ~ (^|[[:space:]])" + req.http.Surrogate-Key + "([[:space:]]|$)")) {
      return (synth(500, std.ban_error()));
    }
    return (synth(200, "Purged"));
  }

  # Streams: bytes as they come, for as long as they come.
  if (req.url ~ "^/native/v1/stream([?]|$)") {
    return (pipe);
  }

  # The one thing that is kept: a ruleset at its key's own address. Whoever waits for a revision is not helped by what somebody
  # else was answered, and a server key in a browser is refused by the edge.
  if (req.method == "GET" && req.url ~ "^/native/v1/ruleset/[A-Za-z0-9_-]{43}$"
    && (req.http.Authorization || req.http.X-API-Key)
    && !req.http.Flaghoist-At-Least && !req.http.Baggage && !req.http.Origin) {
    set req.http.X-Flaghoist-Kept = "yes";
    # stale-while-revalidate; with nobody behind, or after a failure, stale-if-error.
    set req.grace = 24h;
    if (std.healthy(req.backend_hint) && !req.http.X-Flaghoist-Any-Age) {
      set req.grace = 2s;
    }
    return (hash);
  }
  return (pass);
}

sub vcl_hash {
  # The address is the key's own already. The key itself as well: what is kept is for who shows it, and for nobody who knows
  # an address from a log. A key that is wrong by a letter finds nothing here, and is refused by the edge.
  hash_data(req.url);
  hash_data(req.http.Authorization);
  hash_data(req.http.X-API-Key);
  return (lookup);
}

sub vcl_pipe {
  # The next request on this connection would go past this file.
  set bereq.http.Connection = "close";
  return (pipe);
}

sub vcl_backend_fetch {
  if (bereq.http.X-Flaghoist-Kept && !bereq.uncacheable) {
    # Flaghoist's gzip is of several members, of which Varnish reads the first. It compresses by itself, below.
    unset bereq.http.Accept-Encoding;
  }
}

sub vcl_backend_response {
  if (!bereq.http.X-Flaghoist-Kept || bereq.uncacheable) {
    set beresp.uncacheable = true;
    return (deliver);
  }
  if (beresp.status == 200 && beresp.http.Cache-Control ~ "(^|,) *public *(,|$)"
    && beresp.http.Content-Type ~ "^application/vnd\.flaghoist\.ruleset") {
    # beresp.ttl is max-age. stale-if-error:
    set beresp.grace = 24h;
    set beresp.keep = 0s;
    set beresp.do_gzip = true;
    return (deliver);
  }
  # 5xx says nothing about the ruleset: what is kept stays. An answer that is delivered, even one that is not kept, takes the
  # place of what was kept before, so this one is thrown away.
  if (beresp.status >= 500) {
    return (abandon);
  }
  # 401 and 403 do say something: of a key that was good and is not any more, what is kept must never be served again, whatever
  # fails later. It is gone when this is delivered.
  set beresp.uncacheable = true;
  set beresp.ttl = 0s;
  set beresp.grace = 0s;
  set beresp.keep = 0s;
  return (deliver);
}

sub vcl_backend_error {
  # Thrown away for the same reason.
  if (bereq.http.X-Flaghoist-Kept) {
    return (abandon);
  }
}

sub vcl_deliver {
  unset resp.http.X-Varnish;
  # For this cache, not for those behind it.
  unset resp.http.Surrogate-Key;
}

sub vcl_synth {
  # stale-if-error: what was thrown away comes here. Once more, and this time with what is kept, however old. `Age` says how
  # old: an SDK that holds the same ruleset already does not take that as a sign that it is fresh.
  if (req.http.X-Flaghoist-Kept && req.restarts == 0 && resp.status == 503) {
    set req.http.X-Flaghoist-Any-Age = "yes";
    return (restart);
  }
  set resp.http.Cache-Control = "no-store";
  set resp.http.Content-Type = "text/plain";
  set resp.body = resp.reason + {"
"};
  if (resp.status == 503) {
    set resp.http.Content-Type = "application/problem+json";
    set resp.http.Retry-After = "1";
    set resp.body = """{"type":"about:blank","title":"Not available at the moment","status":503,"code":"upstream_unreachable",""" +
      """"detail":"Nobody behind this cache answers. Ask again in a second."}""";
  }
  return (deliver);
}
