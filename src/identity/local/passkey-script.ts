/**
 * The browser's half of a passkey: takes the options from the page's data, asks the device, and sends its answer with the
 * form `passkey`. With `suggest` the browser offers passkeys in the user-name field, too. Browsers without passkeys never
 * see the form.
 */
export const passkeyScript = `const {options,create,suggest}=JSON.parse(document.getElementById('data').textContent)
const form=document.getElementById('passkey')
const bytes=text=>Uint8Array.from(atob(text.replace(/-/g,'+').replace(/_/g,'/')),c=>c.charCodeAt(0))
const text=buffer=>btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\\+/g,'-').replace(/\\//g,'_')\
.replace(/=+$/,'')
const keys=list=>(list||[]).map(key=>({...key,id:bytes(key.id)}))
const publicKey={...options,challenge:bytes(options.challenge)}
if(create){publicKey.user={...options.user,id:bytes(options.user.id)}
publicKey.excludeCredentials=keys(options.excludeCredentials)}
else publicKey.allowCredentials=keys(options.allowCredentials)
const send=key=>{const got=key.response,response={clientDataJSON:text(got.clientDataJSON)}
if(create){response.attestationObject=text(got.attestationObject)
response.transports=got.getTransports?got.getTransports():[]}
else{response.authenticatorData=text(got.authenticatorData);response.signature=text(got.signature)
if(got.userHandle)response.userHandle=text(got.userHandle)}
form.elements.response.value=JSON.stringify({id:key.id,rawId:text(key.rawId),type:key.type,response,\
clientExtensionResults:{}})
form.submit()}
const failed=error=>{if(error.name==='AbortError')return
document.getElementById('passkey-problem').hidden=false}
if(window.PublicKeyCredential&&navigator.credentials){form.hidden=false
let waiting=new AbortController()
const available=suggest&&PublicKeyCredential.isConditionalMediationAvailable
if(available)available.call(PublicKeyCredential).then(yes=>{if(yes)navigator.credentials.get({publicKey,\
mediation:'conditional',signal:waiting.signal}).then(send,()=>{})})
form.addEventListener('submit',event=>{event.preventDefault();waiting.abort()
navigator.credentials[create?'create':'get']({publicKey}).then(send,failed)})}`
