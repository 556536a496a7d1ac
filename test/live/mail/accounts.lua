-- Answers that Dovecot gives only through an account database that knows the
-- reason: the password is right, and yet it may not be used.
local answers = {
  ["expired@mail.test"] = dovecot.auth.PASSDB_RESULT_PASS_EXPIRED,
  ["disabled@mail.test"] = dovecot.auth.PASSDB_RESULT_USER_DISABLED,
}

function auth_password_verify(request, password)
  local answer = answers[request.user]
  if answer == nil then
    return dovecot.auth.PASSDB_RESULT_USER_UNKNOWN, "somebody else's"
  end
  return answer, "as the table says"
end
