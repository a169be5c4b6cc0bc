{- HsPeer.hs - echo server / client on the Haskell package tls (ghc, libghc-tls-dev).

     ghc -O1 -outputdir DIR -o haskell_peer HsPeer.hs
     haskell_peer server --port 4433 --version ssl3 --suites 0005 --cert F --key F
     haskell_peer client --port 4433 --version tls1 --suites 002f,000a --ca F

   --version ssl3|tls1|tls1.1|tls1.2 is the only one; --suites HEX,.. (default: all); --cert F
   --key F; --ca F (client: checks chain and --sni; server: asks for a client's certificate and
   checks it); --renegotiate 1 (client: asks, with data before and after); --alpn NAME,..;
   --data N; --chunk N; --count N (server, 0 = no end); --resume N (client); --timeout S.
   The package resumes by session ID only.
   Output: LISTENING port; CONN version=.. cipher=.. resumed=.. peer=.. sni=..; RENEGOTIATED, the
   same fields; DATA bytes=N clean=0|1 (server); OK bytes=N and CLOSED clean=0|1 (client:
   close_notify came back); ERROR text. -}
{-# LANGUAGE OverloadedStrings #-}
module Main (main) where

import Control.Concurrent (forkIO, threadDelay)
import Control.Exception (SomeException, try)
import Control.Monad
import qualified Data.ByteString as B
import qualified Data.ByteString.Char8 as C
import qualified Data.ByteString.Lazy as L
import Data.Bits (shiftR)
import Data.Default.Class
import Data.IORef
import Data.Maybe
import Data.X509 (CertificateChain(..), DnElement(..), HashALG(..), certSubjectDN, getCertificate, getCharacterStringRawData, getDnElement)
import Data.X509.CertificateStore
import Data.X509.Validation (ValidationChecks(..), defaultChecks, defaultHooks, exceptionValidationCache, validate)
import Network.Socket
import Network.Socket.ByteString (recv, sendAll)
import Network.TLS hiding (HashSHA256)
import Network.TLS.Extra (ffdhe2048)
import Network.TLS.Extra.Cipher
import Numeric (readHex, showHex)
import System.Environment
import System.Exit
import System.IO
import System.Posix.Process (exitImmediately)

type Opts = [(String, String)]

opt :: Opts -> String -> String -> String
opt o k d = fromMaybe d (lookup k o)

num :: Opts -> String -> Int -> Int
num o k d = maybe d read (lookup k o)

list :: Opts -> String -> [String]
list o k = filter (not . null) (go (opt o k ""))
  where
    go s = case break (== ',') s of
      (a, []) -> [a]
      (a, _ : r) -> a : go r

-- With those that the package does not list by itself.
allSuites :: [Cipher]
allSuites = ciphersuite_all ++ filter new [cipher_null_SHA1, cipher_null_MD5, cipher_RC4_128_MD5, cipher_RC4_128_SHA1]
  where new c = cipherID c `notElem` map cipherID ciphersuite_all

supported :: Opts -> Supported
supported o = def
  { supportedVersions = [v (opt o "version" "tls1")]
  , supportedCiphers = case list o "suites" of
      [] -> allSuites
      l -> [c | h <- l, c <- allSuites, cipherID c == fst (head (readHex h))]
  , supportedClientInitiatedRenegotiation = True
  }
  where
    v "ssl3" = SSL3
    v "tls1" = TLS10
    v "tls1.1" = TLS11
    v "tls1.2" = TLS12
    v other = error ("no version " ++ other)

spelt :: Version -> String
spelt SSL3 = "ssl3"
spelt TLS10 = "tls1"
spelt TLS11 = "tls1.1"
spelt _ = "tls1.2"

-- What both roles keep for a process: the sessions, and the master secrets seen, for the package
-- does not tell of a resumption.
data Kept = Kept { sessions :: IORef [(SessionID, SessionData)], secrets :: IORef [B.ByteString] }

keep :: IO Kept
keep = Kept <$> newIORef [] <*> newIORef []

manager :: Kept -> SessionManager
manager k = noSessionManager
  { sessionResume = \i -> lookup i <$> readIORef (sessions k)
  , sessionResumeOnlyOnce = \i -> lookup i <$> readIORef (sessions k)
  , sessionEstablish = \i d -> modifyIORef (sessions k) ((i, d) :)
  , sessionInvalidate = \i -> modifyIORef (sessions k) (filter ((/= i) . fst))
  }

-- One connection: its context, the peer's certificate, and whether the stream itself has ended, for
-- recvData returns nothing for that and for close_notify alike.
data Link = Link { context :: Context, shown :: IORef String, ended :: IORef Bool }

subject :: CertificateChain -> String
subject (CertificateChain (c : _)) =
  "/OU=" ++ maybe "" (C.unpack . getCharacterStringRawData) (getDnElement DnOrganizationUnit (certSubjectDN (getCertificate c)))
subject _ = "-"

backend :: Socket -> IORef Bool -> Backend
backend s end = Backend
  { backendFlush = return ()
  , backendClose = close s
  , backendSend = sendAll s
  , backendRecv = go
  }
  where
    go n | n <= 0 = return B.empty
         | otherwise = do
             b <- recv s (min n 65536)
             if B.null b then writeIORef end True >> return b else (b <>) <$> go (n - B.length b)

report :: String -> Kept -> Link -> IO ()
report tag k l = do
  i <- fromMaybe (error "nothing is known of the connection") <$> contextGetInformation (context l)
  sni <- getClientSNI (context l)
  alpn <- getNegotiatedProtocol (context l)
  peer <- readIORef (shown l)
  before <- readIORef (secrets k)
  let secret = fromMaybe B.empty (infoMasterSecret i)
  writeIORef (secrets k) (secret : before)
  putStrLn $ unwords
    [ tag, "version=" ++ spelt (infoVersion i), "suite=" ++ hex (cipherID (infoCipher i))
    , "resumed=" ++ (if secret `elem` before then "1" else "0"), "peer=" ++ peer
    , "sni=" ++ fromMaybe "-" sni, "alpn=" ++ maybe "-" C.unpack alpn ]
  where hex n = let h = showHex n "" in replicate (4 - length h) '0' ++ h

-- Takes the messages of the handshake that the context has still to run.
watch :: Link -> IO ()
watch l = contextHookSetCertificateRecv (context l) (writeIORef (shown l) . subject)

clean :: Link -> IO String
clean l = do
  b <- try (recvData (context l)) :: IO (Either SomeException B.ByteString)
  e <- readIORef (ended l)
  return (if either (const False) B.null b && not e then "1" else "0")

credential :: Opts -> IO (Maybe Credential)
credential o = case lookup "cert" o of
  Nothing -> return Nothing
  Just f -> Just . either error id <$> credentialLoadX509 f (opt o "key" "")

loadStore :: Opts -> IO CertificateStore
loadStore o = maybe (return mempty) (fmap (fromMaybe mempty) . readCertificateStore) (lookup "ca" o)

newLink :: TLSParams p => Socket -> p -> IO Link
newLink s p = do
  setSocketOption s NoDelay 1
  end <- newIORef False
  c <- contextNew (backend s end) p
  l <- Link c <$> newIORef "-" <*> pure end
  watch l
  return l

addr :: Int -> SockAddr
addr p = SockAddrInet (fromIntegral p) (tupleToHostAddress (127, 0, 0, 1))

server :: Opts -> IO Int
server o = do
  own <- credential o
  k <- keep
  store <- loadStore o
  let p = def
        { serverWantClientCert = isJust (lookup "ca" o)
        , serverShared = def { sharedCredentials = Credentials (maybeToList own), sharedSessionManager = manager k, sharedCAStore = store }
        , serverSupported = supported o
        , serverDHEParams = Just ffdhe2048
        , serverHooks = def
            { onClientCertificate = \chain -> do
                e <- validate HashSHA256 defaultHooks defaultChecks { checkFQHN = False, checkLeafV3 = False } store (exceptionValidationCache []) ("", "") chain
                return (if null e then CertificateUsageAccept else CertificateUsageReject CertificateRejectUnknownCA)
            , onALPNClientSuggest = case map C.pack (list o "alpn") of
                [] -> Nothing
                ours -> Just (\theirs -> return (fromMaybe "" (listToMaybe (filter (`elem` theirs) ours))))
            }
        }
  ls <- socket AF_INET Stream defaultProtocol
  setSocketOption ls ReuseAddr 1
  bind ls (addr (num o "port" 0))
  listen ls 16
  at <- getSocketName ls
  case at of
    SockAddrInet q _ -> putStrLn ("LISTENING " ++ show q)
    _ -> error "not an IPv4 address"
  bad <- newIORef 0
  let serve 0 = return ()
      serve n = do
        (s, _) <- accept ls
        r <- try $ do
          l <- newLink s p
          handshake (context l)
          report "CONN" k l
          let loop t = do
                b <- recvData (context l)
                if B.null b then return t else sendData (context l) (L.fromStrict b) >> loop (t + B.length b)
          t <- loop (0 :: Int)
          e <- readIORef (ended l)
          putStrLn ("DATA bytes=" ++ show t ++ " clean=" ++ (if e then "0" else "1"))
          bye (context l)
        either (\e -> writeIORef bad 1 >> putStrLn ("ERROR " ++ take 200 (show (e :: SomeException)))) return r
        close s
        serve (n - 1 :: Int)
  serve (let n = num o "count" 1 in if n == 0 then -1 else n)
  readIORef bad

client :: Opts -> IO Int
client o = do
  own <- credential o
  k <- keep
  store <- loadStore o
  forM_ [0 .. num o "resume" 0] $ \_ -> do
    old <- listToMaybe <$> readIORef (sessions k)
    let checks = if isJust (lookup "ca" o) then onServerCertificate def else \_ _ _ _ -> return []
        p = (defaultParamsClient (opt o "sni" "localhost") "")
          { clientWantSessionResume = old
          , clientShared = def { sharedSessionManager = manager k, sharedCAStore = store }
          , clientSupported = supported o
          , clientHooks = def
              { onServerCertificate = checks
              , onCertificateRequest = \_ -> return own
              , onSuggestALPN = return (case list o "alpn" of { [] -> Nothing; a -> Just (map C.pack a) })
              }
          }
        total = num o "data" 1000
        step = num o "chunk" 16384
    s <- socket AF_INET Stream defaultProtocol
    connect s (addr (num o "port" 4433))
    l <- newLink s p
    handshake (context l)
    report "CONN" k l
    let gather n | n <= 0 = return B.empty
                 | otherwise = do
                     b <- recvData (context l)
                     when (B.null b) (error "closed too early")
                     (b <>) <$> gather (n - B.length b)
        echo off asked | off >= total = return ()
                       | not asked && off >= total `div` 2 = do
                           handshake (context l)
                           report "RENEGOTIATED" k l
                           echo off True
                       | otherwise = do
                           let out = B.pack [fromIntegral (i * 7 + i `shiftR` 8) | i <- [off .. min total (off + step) - 1]]
                           sendData (context l) (L.fromStrict out)
                           b <- gather (B.length out)
                           when (b /= out) (error "echo differs")
                           echo (off + step) asked
    echo 0 (opt o "renegotiate" "0" /= "1")
    putStrLn ("OK bytes=" ++ show total)
    bye (context l)
    c <- clean l
    putStrLn ("CLOSED clean=" ++ c)
    close s
  return 0

options :: [String] -> Opts
options (k : v : rest) = (drop 2 k, v) : options rest
options _ = []

main :: IO ()
main = do
  hSetBuffering stdout LineBuffering
  a <- getArgs
  let o = options (drop 1 a)
  _ <- forkIO (threadDelay (num o "timeout" 30 * 1000000) >> exitImmediately (ExitFailure 1))
  r <- try $ case a of
    ("server" : _) -> server o
    ("client" : _) -> client o
    ("suites" : _) -> mapM_ (\c -> putStrLn (showHex (cipherID c) " " ++ cipherName c)) allSuites >> return 0
    _ -> hPutStrLn stderr "usage: haskell_peer server|client|suites [--option value]..." >> return 2
  case r of
    Left e -> putStrLn ("ERROR " ++ take 300 (map (\c -> if c == '\n' then ' ' else c) (show (e :: SomeException)))) >> exitWith (ExitFailure 1)
    Right 0 -> exitSuccess
    Right n -> exitWith (ExitFailure n)
