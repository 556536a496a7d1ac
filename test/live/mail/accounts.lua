-- Answers that Dovecot gives only through an account database that knows the
-- reason: the password may be right, and yet it does not help.
local answers = {
  ["expired@mail.test"] = dovecot.auth.PASSDB_RESULT_PASS_EXPIRED,
  ["disabled@mail.test"] = dovecot.auth.PASSDB_RESULT_USER_DISABLED,
  -- the database itself is broken
  ["nobody@down.test"] = dovecot.auth.PASSDB_RESULT_INTERNAL_FAILURE,
}

function auth_password_verify(request, password)
  -- expired007@mail.test and its like, too
  local answer = answers[request.user:gsub("%d+@", "@")]
  if answer == nil then
    return dovecot.auth.PASSDB_RESULT_USER_UNKNOWN, "somebody else's"
  end
  return answer, "as the table says"
end
