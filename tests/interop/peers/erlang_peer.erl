%% erlang_peer.erl - echo server / client on Erlang's ssl application (package erlang-ssl).
%%   erlc erlang_peer.erl
%%   erl -noinput -pa . -run erlang_peer main -extra server --port 4433 --version tls1 --cert F --key F
%%   erl -noinput -pa . -run erlang_peer main -extra client --port 4433 --version tls1 --ciphers 0005 --ca F
%% --version tls1|tls1.1|tls1.2 is the only one; --ciphers HEX,.. (default: all);
%% --cert F,.. --key F,.. (a server picks the one of the suite);
%% --ca F (client: checks chain and --sni; server: knows a client's certificate);
%% --verify none|request|require (server); --renegotiate 1 (this side asks, with data before and
%% after); --alpn NAME,..; --each HEX=PORT=BYTES,.. (client: one after the other, CELL HEX before each);
%% --data N; --chunk N; --count N (server, 0 = no end); --resume N (client); --timeout S.
%% Up to TLS 1.2 it resumes by session ID only.
%% Output: LISTENING port; CONN version=.. cipher=.. resumed=.. peer=.. sni=.. alpn=..;
%% DATA bytes=N clean=0|1 (server); OK bytes=N and CLOSED clean=0|1 (client: close_notify came
%% back); ERROR text.
-module(erlang_peer).
-export([main/0]).

main() ->
    [Role | Args] = init:get_plain_arguments(),
    O = options(Args),
    logger:set_primary_config(level, none),
    {ok, _} = application:ensure_all_started(ssl),
    timer:apply_after(num("timeout", O, 30) * 1000, erlang, halt, [1]),
    Status = try case Role of "server" -> server(O); "client" -> client(O) end
             catch C:E -> failed({C, E}) end,
    halt(Status).

options(["--" ++ Name, Value | Rest]) -> maps:put(Name, Value, options(Rest));
options([]) -> #{}.
get(K, O, D) -> maps:get(K, O, D).
num(K, O, D) -> list_to_integer(get(K, O, integer_to_list(D))).
list(K, O) -> string:tokens(get(K, O, ""), ",").
failed(Why) ->
    io:format("ERROR ~s~n", [lists:sublist(lists:flatten(io_lib:format("~0p", [Why])), 300)]),
    1.

version(O) ->
    maps:get(get("version", O, "tls1"),
             #{"tls1" => 'tlsv1', "tls1.1" => 'tlsv1.1', "tls1.2" => 'tlsv1.2'}).
code(Suite) ->
    <<Code:16>> = ssl_cipher_format:suite_map_to_bin(Suite),
    lists:flatten(io_lib:format("~4.16.0b", [Code])).

ssl_options(Role, O) ->
    V = version(O),
    All = lists:uniq(ssl:cipher_suites(all, V) ++ ssl:cipher_suites(anonymous, V)),
    Ciphers = case list("ciphers", O) of
        [] -> All;
        Codes -> [S || S <- All, lists:member(code(S), Codes)]
    end,
    %% A transport that ends is not told of: what is left to end recv is close_notify.
    [{cb_info, {gen_tcp, tcp, no_such_message, tcp_error}},
     {versions, [V]}, {ciphers, Ciphers}, binary, {packet, raw}, {active, false}, {nodelay, true}]
    ++ [{certs_keys, [#{certfile => C, keyfile => K} || {C, K} <- lists:zip(list("cert", O), list("key", O))]}
        || maps:is_key("cert", O)]
    ++ [{cacertfile, F} || {ok, F} <- [maps:find("ca", O)]]
    ++ case Role of
        server ->
            [{reuseaddr, true}, {ip, {127, 0, 0, 1}}, {reuse_sessions, true}]
            ++ [{alpn_preferred_protocols, [list_to_binary(A) || A <- list("alpn", O)]}
                || maps:is_key("alpn", O)]
            ++ case get("verify", O, "none") of
                "none" -> [];
                Verify -> [{verify, verify_peer}, {fail_if_no_peer_cert, Verify =:= "require"}]
            end;
        client ->
            [{server_name_indication, get("sni", O, "localhost")}, {reuse_sessions, save}]
            ++ [{alpn_advertised_protocols, [list_to_binary(A) || A <- list("alpn", O)]}
                || maps:is_key("alpn", O)]
            ++ [{verify, case maps:is_key("ca", O) of true -> verify_peer; false -> verify_none end}]
    end.

subject(S) ->
    case ssl:peercert(S) of
        {ok, Der} ->
            %% The records' definitions are in another package: OTPCertificate and its
            %% tbsCertificate, whose seventh field is the subject; 2.5.4.11 is the unit.
            Tbs = element(2, public_key:pkix_decode_cert(Der, otp)),
            {rdnSequence, Names} = element(7, Tbs),
            ["/OU=" ++ io_lib:format("~s", [Value]) || [{_, {2, 5, 4, 11}, {_, Value}}] <- Names];
        _ -> "-"
    end.

report(Tag, S) ->
    {ok, I} = ssl:connection_information(S, [protocol, selected_cipher_suite, master_secret,
                                             sni_hostname]),
    %% What it tells of a resumption is true of servers only; what was agreed on before was resumed.
    Secret = proplists:get_value(master_secret, I),
    Sni = proplists:get_value(sni_hostname, I, "-"),
    Alpn = case ssl:negotiated_protocol(S) of {ok, A} -> A; _ -> "-" end,
    io:format("~s version=~s cipher=~s resumed=~b peer=~s sni=~s alpn=~s~n",
              [Tag, proplists:get_value(protocol, I),
               code(proplists:get_value(selected_cipher_suite, I)),
               case put({seen, Secret}, true) of true -> 1; undefined -> 0 end,
               subject(S), Sni, Alpn]).

server(O) ->
    {ok, L} = ssl:listen(num("port", O, 0), ssl_options(server, O)),
    {ok, {_, Port}} = ssl:sockname(L),
    io:format("LISTENING ~b~n", [Port]),
    serve(L, O, case num("count", O, 1) of 0 -> infinity; N -> N end, 0).

serve(_, _, 0, Bad) -> Bad;
serve(L, O, N, Bad) ->
    {ok, T} = ssl:transport_accept(L),
    B = case ssl:handshake(T, 10000) of
        {ok, S} ->
            report("CONN", S),
            {Total, Clean} = echo(S, 0, get("renegotiate", O, "0") =:= "1"),
            io:format("DATA bytes=~b clean=~b~n", [Total, Clean]),
            ssl:close(S),
            0;
        {error, E} -> failed(E)
    end,
    serve(L, O, case N of infinity -> N; _ -> N - 1 end, Bad bor B).

echo(S, Total, Ask) ->
    case ssl:recv(S, 0, 10000) of
        {ok, D} ->
            Ask andalso (ok = ssl:renegotiate(S)),
            Ask andalso report("RENEGOTIATED", S),
            ok = ssl:send(S, D),
            echo(S, Total + byte_size(D), false);
        {error, closed} -> {Total, 1};
        {error, _} -> {Total, 0}
    end.

client(O) ->
    case list("each", O) of
        [] -> connect(O, ssl_options(client, O), num("resume", O, 0));
        Targets ->
            lists:foldl(
                fun(Target, Bad) ->
                    [Code, Port, Bytes] = string:tokens(Target, "="),
                    io:format("CELL ~s~n", [Code]),
                    One = O#{"ciphers" => Code, "port" => Port, "data" => Bytes},
                    Bad bor try connect(One, ssl_options(client, One), num("resume", O, 0))
                            catch C:E -> failed({C, E}) end
                end, 0, Targets)
    end.

connect(O, Options, N) ->
    {ok, S} = ssl:connect("127.0.0.1", num("port", O, 4433), Options, 10000),
    report("CONN", S),
    Total = num("data", O, 1000),
    Half = case get("renegotiate", O, "0") of "1" -> Total div 2; _ -> none end,
    ok = exchange(S, 0, Total, num("chunk", O, 16384), Half),
    {ok, [{session_id, Id}]} = ssl:connection_information(S, [session_id]),
    {ok, [{session_data, Data}]} = ssl:connection_information(S, [session_data]),
    io:format("OK bytes=~b~n", [Total]),
    %% Back to plain TCP is the one way to wait for the other side's close_notify.
    io:format("CLOSED clean=~b~n", [case ssl:close(S, {self(), 2000}) of
        {ok, Tcp} -> gen_tcp:close(Tcp), 1;
        {ok, Tcp, _} -> gen_tcp:close(Tcp), 1;
        _ -> 0
    end]),
    case N of
        0 -> 0;
        _ -> connect(O, lists:keystore(reuse_session, 1, Options, {reuse_session, {Id, Data}}), N - 1)
    end.

exchange(_, Total, Total, _, _) -> ok;
exchange(S, At, Total, Chunk, Half) when Half =/= none, At >= Half ->
    ok = ssl:renegotiate(S),
    report("RENEGOTIATED", S),
    exchange(S, At, Total, Chunk, none);
exchange(S, At, Total, Chunk, Half) ->
    Size = min(Chunk, Total - At),
    Out = << <<(I * 7 + (I bsr 8))>> || I <- lists:seq(At, At + Size - 1) >>,
    ok = ssl:send(S, Out),
    {ok, Out} = ssl:recv(S, Size, 10000),
    exchange(S, At + Size, Total, Chunk, Half).
