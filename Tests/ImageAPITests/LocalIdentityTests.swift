import Credentials
import Glibc
import GlanceHTTP
import ImageModel
import JSONText
import Posix
import Synchronization
import Testing

@testable import ImageAPI

@Suite struct LocalIdentityTests {
    private final class Record: Sendable {
        let texts = Locked<[String]>([])
    }

    @Test(
        arguments: [
            ("Basic YTpi", "a", "b"), ("basic  YTpi ", "a", "b"), ("BASIC YTpiOmM=", "a", "b:c"),
            ("Basic YTo=", "a", ""), ("Basic w6Q6w7Y", "ä", "ö"),
        ])
    func basicCredentials(header: String, user: String, password: String) throws {
        let credentials = try #require(BasicCredentials(header))
        #expect(credentials.user == user)
        #expect(credentials.password == password)
    }

    @Test(arguments: [
        "", "Basic", "Basic ", "Bearer YTpi", "Basic YWI", "Basic OmI=", "Basic YTpi!", "Basic /zpi", "Basic YTpiAA==",
        "Basic " + String(repeating: "YTpi", count: 4000),
    ])
    func otherHeadersHaveNone(header: String) {
        #expect(BasicCredentials(header) == nil)
    }

    @Test func failuresMakeTheNextAttemptWait() {
        let attempts = LoginAttempts()
        let (key, other) = (LoginAttempts.Key(user: "u", peer: "p"), LoginAttempts.Key(user: "u", peer: "q"))
        var now = Deadline(nanoseconds: 1_000_000_000_000)
        func pass(_ seconds: UInt64) { now = Deadline(nanoseconds: now.nanoseconds + seconds * 1_000_000_000) }
        for _ in 1..<LoginAttempts.freeFailures {
            attempts.failed(key, now: now)
            #expect(attempts.wait(key, now: now) == nil)
        }
        for seconds in [1, 2, 4, 8, 16, 32, 60, 60] as [UInt64] {
            attempts.failed(key, now: now)
            #expect(attempts.wait(key, now: now).map(UInt64.init) == seconds + 1)
            #expect(attempts.wait(other, now: now) == nil)
            pass(seconds)
            #expect(attempts.wait(key, now: now) == nil)
        }
        pass(901)
        attempts.failed(key, now: now)
        #expect(attempts.wait(key, now: now) == nil)
        for _ in 0..<10 { attempts.failed(key, now: now) }
        attempts.succeeded(key)
        #expect(attempts.wait(key, now: now) == nil)
    }

    @Test func theTableOfFailuresIsBounded() {
        let attempts = LoginAttempts()
        let start = Deadline(nanoseconds: 1_000_000_000_000)
        let first = LoginAttempts.Key(user: "first", peer: "p")
        for _ in 0..<6 { attempts.failed(first, now: start) }
        for number in 0..<LoginAttempts.entriesMax {
            let later = Deadline(nanoseconds: start.nanoseconds + 1 + UInt64(number))
            attempts.failed(LoginAttempts.Key(user: "\(number)", peer: "p"), now: later)
        }
        // The oldest had to go.
        #expect(attempts.wait(first, now: start) == nil)
    }

    @Test func aUserWithoutPasswordIsNobody() async throws {
        let verifier = PasswordWork(pool: BlockingPool(name: "scrypt", threadsMax: 1))
        #expect(try await verifier.matches("x", nil) { true } == false)
        await #expect(throws: APIError.self) { try await verifier.matches("x", "no hash") { true } }
    }

    /// How long an answer takes must not tell whether there is such a user: the same comparison is made for nobody.
    @Test func aUserThatThereIsNotCostsTheSame() async throws {
        let compared = Record()
        let work = PasswordWork(pool: BlockingPool(name: "scrypt", threadsMax: 1)) {
            hash, password throws(PasswordHash.Failure) in
            compared.texts.withLock { $0.append(hash.text) }
            return try hash.matches(password)
        }
        let hash = try PasswordHash(of: "right").text
        #expect(try await work.matches("wrong", hash) { true } == false)
        #expect(try await work.matches("wrong", nil) { true } == false)
        #expect(try await work.matches("right", hash) { true })
        let texts = compared.texts.withLock { $0 }
        #expect(texts == [hash, PasswordHash.ofNobody.text, hash])
        // The same parameters, and keys of the same length.
        func shape(_ text: String) -> [String] {
            let parts = text.split(separator: "$").map(String.init)
            return [parts[0], parts[1], "\(parts[2].utf8.count)", "\(parts[3].utf8.count)"]
        }
        #expect(shape(texts[0]) == shape(texts[1]))
    }

    @Test func whoComesWhileTooManyWaitIsTurnedAway() async throws {
        let pool = BlockingPool(name: "scrypt", threadsMax: 1)
        var ends: [CInt] = [-1, -1]
        try #require(pipe(&ends) == 0)
        let (reader, writer) = (ends[0], ends[1])
        defer {
            close(reader)
            close(writer)
        }
        // The pool's one thread is busy until a byte comes.
        pool.submit {
            var byte: UInt8 = 0
            _ = read(reader, &byte, 1)
        }
        let verifier = PasswordWork(pool: pool)
        await withTaskGroup(of: APIError?.self) { group in
            for _ in 0...PasswordWork.waitingMax {
                group.addTask {
                    do throws(APIError) {
                        _ = try await verifier.matches("x", nil) { false }
                        return nil
                    } catch {
                        return error
                    }
                }
            }
            let first = await group.next()
            #expect(first == APIError.tooManyLogins)
            _ = write(writer, "x", 1)
            var served = 0
            for await error in group {
                #expect(error == nil)
                served += 1
            }
            #expect(served == PasswordWork.waitingMax)
        }
    }

    @Test func aRevokedTokenIsNotKeptByWhoAskedBefore() {
        let cache = TokenCache()
        let now = Timestamp.now
        let grant = TokenGrant(
            user: IdentityUser(name: "u"), project: nil, roles: [], methods: ["password"], auditID: "a", issuedAt: now,
            expiresAt: Timestamp(microseconds: now.microseconds + 60_000_000))
        let digest = TokenDigest(of: "t")
        cache.keep(grant, of: digest, since: cache.generation)
        #expect(cache.grant(of: digest) == grant)
        let before = cache.generation
        cache.remove(digest)
        #expect(cache.grant(of: digest) == nil)
        cache.keep(grant, of: digest, since: before)
        #expect(cache.grant(of: digest) == nil)
        var expired = grant
        expired.expiresAt = now
        cache.keep(expired, of: digest, since: cache.generation)
        #expect(cache.grant(of: digest) == nil)
    }

    @Test(
        arguments: [
            (#"{"auth":{"tenantName":"t","passwordCredentials":{"username":"u","password":"p"}}}"#, true),
            (#"{"auth":{"tenantId":"","passwordCredentials":{"userId":"u","password":"p"}}}"#, true),
            (#"{"auth":{"token":{"id":"x"},"tenantId":"t"}}"#, true),
            (#"{"auth":{"token":{}}}"#, false), (#"{"auth":{"passwordCredentials":{"username":"u"}}}"#, false),
            (#"{"auth":{"passwordCredentials":{"password":"p"}}}"#, false), (#"{"auth":[]}"#, false), ("{}", false),
        ])
    func versionTwoLogins(text: String, isOne: Bool) throws {
        let json = try JSONValue(parsing: Array(text.utf8))
        if isOne {
            _ = try TokenRequest(v2: json)
        } else {
            #expect(throws: APIError.self) { try TokenRequest(v2: json) }
        }
    }

    @Test(arguments: [
        (#"{"project":{"id":"p"}}"#, TokenScope.project(.id("p"))),
        (#"{"project":{"name":"p","domain":{"name":"default"}}}"#, .project(.name("p"))),
        (#""unscoped""#, .unscoped), (#"{"unscoped":{}}"#, .unscoped), ("null", nil),
    ])
    func scopes(text: String, scope: TokenScope?) throws {
        let login = #"{"auth":{"identity":{"methods":["token"],"token":{"id":"x"}},"scope":\#(text)}}"#
        #expect(try TokenRequest(v3: JSONValue(parsing: Array(login.utf8))).scope == scope)
    }

    @Test(arguments: [
        #"{"domain":{"id":"default"}}"#, #"{"system":{"all":true}}"#, "1", #"{"project":{}}"#,
        #"{"project":{"name":"p","domain":{"name":"other"}}}"#,
    ])
    func otherScopesAreRefused(text: String) throws {
        let login = #"{"auth":{"identity":{"methods":["token"],"token":{"id":"x"}},"scope":\#(text)}}"#
        let json = try JSONValue(parsing: Array(login.utf8))
        #expect(throws: APIError.self) { try TokenRequest(v3: json) }
    }

    @Test func timesAsKeystoneWritesThem() {
        #expect(Timestamp(microseconds: 0).keystoneText == "1970-01-01T00:00:00.000000Z")
        #expect(Timestamp(microseconds: 1_000_042).keystoneText == "1970-01-01T00:00:01.000042Z")
    }
}
